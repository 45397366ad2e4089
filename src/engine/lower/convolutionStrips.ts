import { convolve } from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, groupsOf8, type Operand } from '../plan/emit.ts';
import type { Activation } from './convolutionActivation.ts';
import { type Convolution, fusedOf } from './convolutionNode.ts';
import { panelsOf } from './convolutionPanels.ts';
import { listBytes, sumsBytes, traffic } from './convolutionPointwise.ts';

/** Bytes of a strip that stays in L2 beside panels of the filter. */
const stripBytes = 256 << 10;

/** Where results go: pixels of y from one row to the next, from one column to the next, of an image, before the first. */
export interface Places {
  readonly row: number;
  readonly column: number;
  readonly image: number;
  readonly first: number;
}

/** Numbers of a geometry as the kernels read them. */
export const geometryWords = (g: Geometry): readonly number[] => [
  ...[
    g.batch,
    g.inHeight,
    g.inWidth,
    g.inChannels,
    g.outHeight,
    g.outWidth,
    g.outChannels,
    g.kernelHeight,
    g.kernelWidth,
  ],
  ...[g.strideHeight, g.strideWidth, g.padTop, g.padLeft, g.dilationHeight, g.dilationWidth],
];

/** Rows of a strip: as many as bytes allow, fewer where threads would have none; all strips about equal. */
export function rowsOfStrip({ outHeight, batch }: Geometry, fitting: number, threads: number): number {
  const most = Math.max(1, Math.min(outHeight, fitting, Math.ceil((batch * outHeight) / threads)));
  return Math.ceil(outHeight / Math.ceil(outHeight / most));
}

/** Sizes of the strips of a convolution: as ../commands/convolutionStrips.ts counts them. */
function strips(g: Geometry, threads: number) {
  const reach = [(g.kernelHeight - 1) * g.dilationHeight, (g.kernelWidth - 1) * g.dilationWidth] as const;
  const [reachY, reachX] = [Math.max(0, reach[0]), Math.max(0, reach[1])];
  const phases = Math.min(g.strideHeight, reachY + 1) * Math.min(g.strideWidth, reachX + 1);
  const width = g.outWidth + Math.floor(reachX / g.strideWidth);
  const [more, groups] = [Math.floor(reachY / g.strideHeight), groupsOf8(g.inChannels)];
  const rows = rowsOfStrip(g, Math.floor(stripBytes / (32 * groups * phases * width)) - more, threads);
  const bytes = groups * (32 * phases * width * (rows + more) + 64);
  // Going through is one run of pixels, some of them between the rows for nothing.
  const tiles = (pixels: number) => Math.ceil(pixels / 6);
  const through = tiles((rows - 1) * width + g.outWidth) < rows * tiles(g.outWidth);
  return { rows, through, bytes: listBytes(g.kernelHeight * g.kernelWidth * groups) + sumsBytes + bytes };
}

/** One command: a convolution whose filter is packed. */
export function emitStrips(
  name: string,
  x: Operand,
  panels: Operand,
  y: Operand,
  places: Places,
  parts: Pick<Convolution, 'geometry' | 'bias' | 'madds'> & {
    readonly activation: Activation;
    readonly residual: Operand | undefined;
  },
  bytesMoved: number,
  emit: Emit,
): void {
  const { geometry, bias, activation, residual, madds } = parts;
  const { rows, through, bytes } = strips(geometry, emit.threads);
  emit.command({
    code: convolve,
    name,
    words: [
      ...[x, panels, bias, y],
      ...geometryWords(geometry),
      ...[activation.kind, activation.slopes, residual, emit.scratch(bytes), bytes, rows, through ? 1 : 0],
      ...[places.row, places.column, places.image, places.first],
    ],
    madds,
    traffic: bytesMoved,
    fused: fusedOf(activation, residual),
  });
}

/** `conv 3x3 s2`, `conv 3x3 d2`. */
export function nameOf({ kernelHeight, kernelWidth, ...g }: Geometry): string {
  const sides = (y: number, x: number) => (y === x ? `${y}` : `${y}x${x}`);
  const stride = sides(g.strideHeight, g.strideWidth);
  const dilation = sides(g.dilationHeight, g.dilationWidth);
  return `conv ${kernelHeight}x${kernelWidth}${stride === '1' ? '' : ` s${stride}`}${dilation === '1' ? '' : ` d${dilation}`}`;
}

/** Any convolution of blocked maps. */
export function lowerStrips(convolution: Convolution, emit: Emit): void {
  const { x, filter, y, residual, geometry: g } = convolution;
  const taps = Array.from({ length: g.kernelHeight * g.kernelWidth }, (_, tap) => tap * g.inChannels * g.outChannels);
  const panels = panelsOf(
    filter,
    { key: '', taps, k: g.inChannels, n: g.outChannels, kStep: g.outChannels, nStep: 1 },
    emit,
  );
  const from = emit.read(x, 'blocked');
  const added = residual && emit.read(residual, 'blocked');
  const places = { row: g.outWidth, column: 1, image: g.outHeight * g.outWidth, first: 0 };
  const moved = traffic([x, filter, y, ...(residual ? [residual] : [])]);
  const to = emit.make(y, 'blocked');
  emitStrips(nameOf(g), from, panels, to, places, { ...convolution, residual: added }, moved, emit);
}
