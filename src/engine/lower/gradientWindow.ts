import type { Node, Value } from '../../trace/graph.ts';
import {
  averagePoolGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  filterGradient,
  maxPoolGradient,
  repeatChannels,
  sumRepeats,
} from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, groupsOf8, type Lowering, type Lowerings, type Operand, product, type Word } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { traffic } from './convolutionPointwise.ts';

/** Bytes of the strips that a thread has at a time: they stay in the second-level cache. */
const stripsBytes = 400 << 10;

/** Pixels of strips of which each is multiplied with many: a tile of them stays in L1. */
const pixels = 256;
/** The same of depthwise windows, whose copies are read few times. */
const depthwisePixels = 768;

/** Strips of a window, as ../commands/gradientStrip.ts lays them out. */
interface Strips {
  /** Rows of the result at a time. */
  readonly rows: number;
  readonly bytes: number;
}

/** @param panels strips of the result beside the phases of a group of the map */
function stripsOf(g: Geometry, panels: number): Strips {
  const down = Math.floor(((g.kernelHeight - 1) * g.dilationHeight) / g.strideHeight);
  const right = Math.floor(((g.kernelWidth - 1) * g.dilationWidth) / g.strideWidth);
  const across = g.outWidth + right;
  const bytes = (rows: number) =>
    32 * (rows * across * panels + ((rows + down) * across + right) * g.strideHeight * g.strideWidth);
  const row = bytes(1) - bytes(0);
  const fits = Math.min(
    g.outHeight,
    Math.floor((stripsBytes - bytes(0)) / row),
    Math.floor((panels > 1 ? pixels : depthwisePixels) / across),
  );
  const rows = Math.max(1, fits);
  return { rows, bytes: bytes(rows) };
}

/** The window's words, in the order in which ../commands/gradientStrip.ts reads them. */
const windowWords = (g: Geometry, rows: number): readonly Word[] => [
  g.batch,
  g.inHeight,
  g.inWidth,
  g.outHeight,
  g.outWidth,
  g.kernelHeight,
  g.kernelWidth,
  g.strideHeight,
  g.strideWidth,
  g.padTop,
  g.padLeft,
  g.dilationHeight,
  g.dilationWidth,
  rows,
];

const said = ({ kernelHeight, kernelWidth, strideHeight }: Geometry) =>
  `${kernelHeight}x${kernelWidth}${strideHeight > 1 ? ` s${strideHeight}` : ''}`;

/** Bytes for one command, whatever the number of threads. */
const together = (bytes: number, emit: Emit): Operand => emit.scratch(32 * Math.ceil(bytes / emit.threads / 32));

const filterOf: Lowering = (node, emit) => {
  const [x, dy, to] = [inputOf(node, 'x'), inputOf(node, 'dy'), outputOf(node)];
  const g = convolutionGeometry(node, x.shape, to.shape, dy.shape);
  const taps = g.kernelHeight * g.kernelWidth;
  const [groups, panels] = [groupsOf8(g.inChannels), groupsOf8(g.outChannels)];
  const strips = stripsOf(g, panels);
  const whole = g.inChannels % 8 === 0 && g.outChannels % 8 === 0; // sums then need no place of their own
  emit.command({
    code: filterGradient,
    name: `filter gradient ${said(g)}`,
    words: [
      emit.read(x, 'blocked'),
      emit.read(dy, 'blocked'),
      emit.make(to, 'plain'),
      whole ? undefined : together(256 * taps * groups * panels, emit),
      emit.scratch(strips.bytes),
      strips.bytes,
      ...windowWords(g, strips.rows),
      g.inChannels,
      g.outChannels,
    ],
    madds: g.batch * g.outHeight * g.outWidth * product(to.shape),
    traffic: traffic([x, dy, to]),
  });
};

/** The window over a map that has each channel as often as it has filters. */
function depthwiseGeometry(node: Node, x: readonly number[], filter: readonly number[], y: Value): Geometry {
  const [tall = 1, broad = 1, channels = 1, times = 1] = filter;
  const all = channels * times;
  return convolutionGeometry(node, [...x.slice(0, 3), all], [tall, broad, all, 1], y.shape);
}

/** Bytes of a map of such a window. */
const mapBytes = (g: Geometry) => 32 * groupsOf8(g.inChannels) * g.batch * g.inHeight * g.inWidth;

/** A command between a map and one that has each of its channels several times. */
function emitRepeats(
  code: number,
  name: string,
  [from, to]: [Operand, Operand],
  g: Geometry,
  times: number,
  emit: Emit,
) {
  const words = [from, to, g.batch * g.inHeight * g.inWidth, g.inChannels / times, times];
  emit.command({ code, name, words, traffic: mapBytes(g) * (1 + 1 / times) });
}

const depthwiseFilterOf: Lowering = (node, emit) => {
  const [x, dy, to] = [inputOf(node, 'x'), inputOf(node, 'dy'), outputOf(node)];
  const g = depthwiseGeometry(node, x.shape, to.shape, dy);
  const times = to.shape[3] ?? 1;
  const strips = stripsOf(g, 1);
  const bytes = strips.bytes + 32 * g.kernelHeight * g.kernelWidth;
  const repeated = () => {
    const all = together(mapBytes(g), emit);
    emitRepeats(repeatChannels, 'repeat channels', [emit.read(x, 'blocked'), all], g, times, emit);
    return all;
  };
  emit.command({
    code: depthwiseFilterGradient,
    name: `depthwise filter gradient ${said(g)}`,
    words: [
      times === 1 ? emit.read(x, 'blocked') : repeated(),
      emit.read(dy, 'blocked'),
      emit.make(to, 'plain'),
      0,
      emit.scratch(bytes),
      bytes,
      ...windowWords(g, strips.rows),
      g.inChannels,
    ],
    madds: product(dy.shape) * g.kernelHeight * g.kernelWidth,
    traffic: traffic([x, dy]),
  });
};

/** What a thread of ../commands/gradientInput.ts needs: taps, their places, the gradient with zeros around. */
function inputBytes(g: Geometry): number {
  const taps = g.kernelHeight * g.kernelWidth;
  const side = (kernel: number, dilation: number, stride: number, out: number, inside: number, pad: number) =>
    Math.floor(((kernel - 1) * dilation) / stride) + Math.max(out, Math.floor((inside - 1 + pad) / stride) + 1);
  const down = side(g.kernelHeight, g.dilationHeight, g.strideHeight, g.outHeight, g.inHeight, g.padTop);
  const across = side(g.kernelWidth, g.dilationWidth, g.strideWidth, g.outWidth, g.inWidth, g.padLeft);
  return 32 * taps + 4 * 16 * Math.ceil(taps / 16) + 32 * down * across;
}

const depthwiseInputOf: Lowering = (node, emit) => {
  const [dy, filter, dx] = [inputOf(node, 'dy'), inputOf(node, 'filter'), outputOf(node)];
  const g = depthwiseGeometry(node, dx.shape, filter.shape, dy);
  const times = filter.shape[3] ?? 1;
  const bytes = inputBytes(g);
  const to = times === 1 ? emit.make(dx, 'blocked') : together(mapBytes(g), emit);
  emit.command({
    code: depthwiseInputGradient,
    name: `depthwise input gradient ${said(g)}`,
    words: [
      emit.read(dy, 'blocked'),
      emit.read(filter, 'plain'),
      to,
      0,
      emit.scratch(bytes),
      bytes,
      ...windowWords(g, 0),
      g.inChannels,
    ],
    madds: product(dy.shape) * g.kernelHeight * g.kernelWidth,
    traffic: traffic([dy, dx]),
  });
  if (times > 1) emitRepeats(sumRepeats, 'sum repeats', [to, emit.make(dx, 'blocked')], g, times, emit);
};

/** A pool's window, whose sides are an attribute. */
function poolGeometry(node: Node, x: Value, y: Value): Geometry {
  const { filterSize } = node.attrs;
  const [tall, broad] = Array.isArray(filterSize) ? filterSize.map(Number) : [Number(filterSize), Number(filterSize)];
  return convolutionGeometry(node, x.shape, [tall ?? 1, broad ?? 1], y.shape);
}

const maxPoolOf: Lowering = (node, emit) => {
  const [x, y, dy, dx] = [inputOf(node, 'input'), inputOf(node, 'output'), inputOf(node, 'dy'), outputOf(node)];
  const g = poolGeometry(node, x, y);
  emit.command({
    code: maxPoolGradient,
    name: `max pool gradient ${said(g)}`,
    words: [
      emit.read(x, 'blocked'),
      emit.read(y, 'blocked'),
      emit.read(dy, 'blocked'),
      emit.make(dx, 'blocked'),
      0,
      0,
      ...windowWords(g, 0),
      g.inChannels,
    ],
    traffic: traffic([x, y, dy, dx]),
  });
};

const averagePoolOf: Lowering = (node, emit) => {
  const [x, dy, dx] = [inputOf(node, 'input'), inputOf(node, 'dy'), outputOf(node)];
  const g = poolGeometry(node, x, dy);
  emit.command({
    code: averagePoolGradient,
    name: `average pool gradient ${said(g)}`,
    words: [
      emit.read(dy, 'blocked'),
      0,
      emit.make(dx, 'blocked'),
      0,
      0,
      0,
      ...windowWords(g, 0),
      g.inChannels,
      { float: 1 / (g.kernelHeight * g.kernelWidth) }, // padding counts, as in tfjs's kernel
    ],
    traffic: traffic([dy, dx]),
  });
};

/** Gradients of windows. */
export const gradientWindowLowerings: Lowerings = {
  Conv2DBackpropFilter: filterOf,
  PyramidionDilatedConvFilterGrad: filterOf,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterOf,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputOf,
  MaxPoolGrad: maxPoolOf,
  AvgPoolGrad: averagePoolOf,
};
