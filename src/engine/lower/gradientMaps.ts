import { inputsOf, type Node } from '../../trace/graph.ts';
import { resizeGradient, scaleGradient, spreadMean, swishGradient, weightsGradient } from '../commands/codes.ts';
import { groupsOf8, type Lowering, type Lowerings, product } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { emitChain } from './chain.ts';
import { linearSources, nearestSources } from './resizeSources.ts';

const pixelsOf = (shape: readonly number[]) => product(shape.slice(0, 3));
const mapsOf = ([images = 1, , , channels = 1]: readonly number[]) => images * groupsOf8(channels);

const swishOf: Lowering = (node, emit) => {
  const [x, dy, dx] = [inputOf(node, 'x'), inputOf(node, 'dy'), outputOf(node)];
  const blocked = dx.shape.length === 4 && [x, dy].some((value) => emit.layouts(value).includes('blocked'));
  const layout = blocked ? 'blocked' : 'plain';
  const numbers = blocked ? 8 * groupsOf8(dx.shape[3] ?? 1) * pixelsOf(dx.shape) : product(dx.shape);
  emit.command({
    code: swishGradient,
    name: 'swish gradient',
    words: [emit.read(x, layout), emit.read(dy, layout), emit.make(dx, layout), numbers, emit.scratch(96), 96],
    traffic: 12 * product(dx.shape),
  });
};

/** Of the weights of channels: a sum over each map. */
const scaleOf: Lowering = (node, emit) => {
  const [x, dy, to] = [inputOf(node, 'x'), inputOf(node, 'dy'), outputOf(node)];
  const [, height = 1, width = 1] = x.shape;
  emit.command({
    code: scaleGradient,
    name: 'channel weight gradient',
    words: [
      emit.read(x, 'blocked'),
      emit.read(dy, 'blocked'),
      emit.make(to, 'blocked'),
      mapsOf(x.shape),
      height * width,
    ],
    madds: product(x.shape),
    traffic: 8 * product(x.shape),
  });
};

const meanOf: Lowering = (node, emit) => {
  const [dy, dx] = [inputOf(node, 'dy'), outputOf(node)];
  const [, height = 1, width = 1] = dx.shape;
  const pixels = height * width;
  emit.command({
    code: spreadMean,
    name: 'spatial mean gradient',
    words: [emit.read(dy, 'blocked'), emit.make(dx, 'blocked'), mapsOf(dx.shape), pixels, { float: 1 / pixels }],
    traffic: 4 * product(dx.shape),
  });
};

/** Of one of the maps of a weighted sum. */
const weightedMapOf: Lowering = (node, emit) => {
  const sources = [
    { value: inputOf(node, 'dy') },
    { value: inputOf(node, 'weights'), element: Number(node.attrs.index) },
  ];
  emitChain(outputOf(node), sources, [{ op: 'Multiply', attrs: {}, inputs: [0, 1], dtype: 'float32' }], emit);
};

/** Of the weights of a weighted sum. */
const weightsOf: Lowering = (node, emit) => {
  const maps = inputsOf(node);
  const dy = maps.at(-1);
  if (dy === undefined) throw new RangeError(`engine: ${node.op} has no inputs`);
  const others = maps.slice(0, -1);
  const read = maps.map((map) => emit.read(map, 'blocked'));
  emit.command({
    code: weightsGradient,
    name: 'sum weight gradient',
    words: [
      read.at(-1),
      emit.make(outputOf(node), 'plain'),
      emit.scratch(32),
      32,
      pixelsOf(dy.shape),
      dy.shape[3] ?? 1,
      others.length,
      ...read.slice(0, -1),
    ],
    madds: others.length * product(dy.shape),
    traffic: 4 * maps.length * product(dy.shape),
  });
};

/** Which two pixels of a map one of a result is made of, and its shares of them. */
type Share = readonly [first: number, second: number, ofFirst: number, ofSecond: number];

/** Pixel i of a result is pixel floor(i * from / to). */
const nearest = (from: number, to: number): readonly Share[] =>
  Array.from({ length: to }, (_, i) => {
    const source = Math.floor((i * from) / to);
    return [source, source, 1, 0] as const;
  });

/** Between the centres of pixels, the edge repeated outside. */
const bilinear = (from: number, to: number): readonly Share[] =>
  Array.from({ length: to }, (_, i) => {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(centre));
    return [low, Math.min(from - 1, low + 1), 1 - (centre - low), centre - low] as const;
  });

/** By tfjs's conventions, which say where the corners of both maps are. */
const convention = ({ attrs }: Node) => ({ alignCorners: attrs.alignCorners === true, halfPixelCenters: false });
const nearestAt = (node: Node) => (from: number, to: number) =>
  nearestSources(from, to, convention(node)).map((source): Share => [source, source, 1, 0]);
const linearAt = (node: Node) => (from: number, to: number) =>
  linearSources(from, to, convention(node)).map(({ low, high, share }): Share => [low, high, 1 - share, share]);

/** Shares as ../commands/gradientMaps.ts reads them: two whole numbers, two float32. */
function table(shares: readonly Share[]): Int32Array {
  const words = new Int32Array(4 * shares.length);
  const floats = new Float32Array(words.buffer);
  for (const [i, [first, second, ofFirst, ofSecond]] of shares.entries()) {
    words.set([first, second], 4 * i);
    floats.set([ofFirst, ofSecond], 4 * i + 2);
  }
  return words;
}

const resizedOf =
  (name: string, sharesOf: (node: Node) => (from: number, to: number) => readonly Share[]): Lowering =>
  (node, emit) => {
    const shares = sharesOf(node);
    const [dy, dx] = [inputOf(node, 'dy'), outputOf(node)];
    const [, tall = 1, broad = 1] = dy.shape;
    const [, height = 1, width = 1] = dx.shape;
    emit.command({
      code: resizeGradient,
      name: `${name} gradient`,
      words: [
        emit.read(dy, 'blocked'),
        emit.make(dx, 'blocked'),
        emit.constant(table(shares(height, tall))),
        emit.constant(table(shares(width, broad))),
        mapsOf(dx.shape),
        height,
        width,
        tall,
        broad,
      ],
      traffic: 4 * (product(dy.shape) + product(dx.shape)),
    });
  };

/** Gradients of what weighs, sums and resizes maps. */
export const gradientMapsLowerings: Lowerings = {
  PyramidionSwishGrad: swishOf,
  PyramidionScaleChannelsGrad: scaleOf,
  PyramidionSpatialMeanGrad: meanOf,
  PyramidionWeightedSumMapGrad: weightedMapOf,
  PyramidionWeightedSumWeightGrad: weightsOf,
  PyramidionUpsampleNearestGrad: resizedOf('nearest', () => nearest),
  PyramidionResizeBilinearGrad: resizedOf('bilinear', () => bilinear),
  ResizeNearestNeighborGrad: resizedOf('nearest', nearestAt),
  ResizeBilinearGrad: resizedOf('bilinear', linearAt),
};
