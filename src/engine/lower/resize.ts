import type { Node } from '../../trace/graph.ts';
import { resizeBilinear, resizeNearest } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Lowering, type Lowerings, type Word } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { traffic } from './convolutionPointwise.ts';
import { type Convention, linearSources, nearestSources } from './resizeSources.ts';

type Table = (from: number, to: number, convention: Convention, bytes: number) => Int32Array<ArrayBuffer>;

/** [to] bytes to the source. */
const nearest: Table = (from, to, convention, bytes) =>
  Int32Array.from(nearestSources(from, to, convention), (source) => source * bytes);

/** [to, 3] bytes to the first source, to the second, and the bits of how much of the second. */
const linear: Table = (from, to, convention, bytes) => {
  const table = new Int32Array(3 * to);
  const shares = new Float32Array(table.buffer);
  for (const [i, { low, high, share }] of linearSources(from, to, convention).entries()) {
    table.set([low * bytes, high * bytes], 3 * i);
    shares[3 * i + 2] = share;
  }
  return table;
};

/** Whole ratios exactly: pixel floor(i * from / to). */
const repeating: Table = (from, to, _, bytes) =>
  Int32Array.from({ length: to }, (_, i) => Math.floor((i * from) / to) * bytes);

const given = ({ attrs: { alignCorners, halfPixelCenters } }: Node): Convention => ({
  alignCorners: alignCorners === true,
  halfPixelCenters: halfPixelCenters === true,
});
const centres = (): Convention => ({ alignCorners: false, halfPixelCenters: true });

const lower =
  (code: number, input: string, table: Table, conventionOf: (node: Node) => Convention): Lowering =>
  (node: Node, emit: Emit) => {
    const [x, y] = [inputOf(node, input), outputOf(node)];
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [, tall = 1, broad = 1] = y.shape;
    const convention = conventionOf(node);
    const from = emit.read(x, 'blocked');
    const words: readonly Word[] = [
      ...[from, emit.make(y, 'blocked'), groupsOf8(channels) * batch, height, width, tall, broad],
      emit.constant(table(height, tall, convention, 32 * width)),
      emit.constant(table(width, broad, convention, 32)),
    ];
    const name = `resize ${code === resizeNearest ? 'nearest' : 'bilinear'}`;
    emit.command({ code, name, words, traffic: traffic([x, y]) });
  };

export const resizeLowerings: Lowerings = {
  ResizeNearestNeighbor: lower(resizeNearest, 'images', nearest, given),
  ResizeBilinear: lower(resizeBilinear, 'images', linear, given),
  PyramidionResizeBilinear: lower(resizeBilinear, 'x', linear, centres),
  PyramidionUpsampleNearest: lower(resizeNearest, 'x', repeating, centres),
};
