import type { Node } from '../../trace/graph.ts';
import { gather, gatherNd, oneHot, scatter } from '../commands/codes.ts';
import { type Emit, type Lowering, type Lowerings, type Operand, product } from '../plan/emit.ts';
import { emitMove, rowMajor } from './arrangeMove.ts';
import { axesIn, inputOf, numberIn, outputOf } from './attributes.ts';
import { emitFill, wordOf } from './constant.ts';

/** Rows of x by indices, in each of the batches that both have. An index out of range gives zeros. */
const gatherRows: Lowering = (node, emit) => {
  const [x, indices, result] = [inputOf(node, 'x'), inputOf(node, 'indices'), outputOf(node)];
  const [axis = 0] = axesIn(node, [numberIn(node, 'axis', 0)], x.shape.length);
  const batchDims = numberIn(node, 'batchDims', 0);
  const words = [
    x.shape.slice(0, batchDims),
    x.shape.slice(batchDims, axis),
    [x.shape[axis] ?? 0],
    x.shape.slice(axis + 1),
  ];
  emit.command({
    code: gather,
    name: 'gather',
    words: [
      emit.read(x, 'plain'),
      emit.read(indices, 'plain'),
      emit.make(result, 'plain'),
      ...words.map(product),
      product(indices.shape.slice(batchDims)),
    ],
    traffic: 8 * product(result.shape),
  });
};

const gatherPlaces: Lowering = (node, emit) => {
  const [x, indices, result] = [inputOf(node, 'params'), inputOf(node, 'indices'), outputOf(node)];
  const depth = indices.shape.at(-1) ?? 0;
  emit.command({
    code: gatherNd,
    name: 'gather',
    words: [
      emit.read(x, 'plain'),
      emit.read(indices, 'plain'),
      emit.make(result, 'plain'),
      product(indices.shape.slice(0, -1)),
      depth,
      product(x.shape.slice(depth)),
      ...x.shape.slice(0, depth),
    ],
    traffic: 8 * product(result.shape),
  });
};

interface Scatter {
  readonly updates: Operand;
  readonly indices: Operand;
  readonly to: Operand;
  readonly count: number;
  readonly depth: number;
  readonly how: 'write' | 'add';
  readonly one?: boolean;
}

function emitScatter(node: Node, { updates, indices, to, count, depth, how, one = false }: Scatter, emit: Emit): void {
  const { shape, dtype } = outputOf(node);
  const inner = product(shape.slice(depth));
  const add = dtype === 'float32' ? 1 : 2;
  emit.command({
    code: scatter,
    name: how === 'add' ? 'scatter sum' : 'scatter',
    words: [
      updates,
      indices,
      to,
      count,
      depth,
      inner,
      product(shape.slice(0, depth)),
      how === 'add' ? add : 0,
      one ? 1 : 0,
      ...shape.slice(0, depth),
    ],
    traffic: 12 * count * inner,
  });
}

/** Sums of rows that have the same number; rows whose number is no segment are left out. */
const segmentSum: Lowering = (node, emit) => {
  const [x, ids, result] = [inputOf(node, 'x'), inputOf(node, 'segmentIds'), outputOf(node)];
  const to = emit.make(result, 'plain');
  emitFill(to, product(result.shape), 0, emit);
  const [updates, indices] = [emit.read(x, 'plain'), emit.read(ids, 'plain')];
  emitScatter(node, { updates, indices, to, count: product(ids.shape), depth: 1, how: 'add' }, emit);
};

const scatterNd: Lowering = (node, emit) => {
  const [places, result] = [inputOf(node, 'indices'), outputOf(node)];
  const to = emit.make(result, 'plain');
  emitFill(to, product(result.shape), 0, emit);
  const depth = places.shape.length < 2 ? 1 : (places.shape.at(-1) ?? 1);
  const [updates, indices] = [emit.read(inputOf(node, 'updates'), 'plain'), emit.read(places, 'plain')];
  emitScatter(node, { updates, indices, to, count: product(places.shape) / depth, depth, how: 'add' }, emit);
};

const scatterUpdate: Lowering = (node, emit) => {
  const [x, places, result] = [inputOf(node, 'tensor'), inputOf(node, 'indices'), outputOf(node)];
  const to = emit.make(result, 'plain');
  const strides = rowMajor(x.shape);
  emitMove('copy', x.shape, { at: emit.read(x, 'plain'), strides }, { at: to, strides }, emit);
  const depth = places.shape.length < 2 ? 1 : (places.shape.at(-1) ?? 1);
  const [updates, indices] = [emit.read(inputOf(node, 'updates'), 'plain'), emit.read(places, 'plain')];
  emitScatter(node, { updates, indices, to, count: product(places.shape) / depth, depth, how: 'write' }, emit);
};

const sparseToDense: Lowering = (node, emit) => {
  const [places, values, result] = [inputOf(node, 'sparseIndices'), inputOf(node, 'sparseValues'), outputOf(node)];
  const to = emit.make(result, 'plain');
  const first = inputOf(node, 'defaultValue');
  const strides = result.shape.map(() => 0);
  const from = { at: emit.read(first, 'plain'), strides };
  emitMove('fill', result.shape, from, { at: to, strides: rowMajor(result.shape) }, emit);
  const depth = result.shape.length;
  const count = product(places.shape) / depth;
  const [updates, indices] = [emit.read(values, 'plain'), emit.read(places, 'plain')];
  emitScatter(node, { updates, indices, to, count, depth, how: 'write', one: values.shape.length === 0 }, emit);
};

const oneHotRows: Lowering = (node, emit) => {
  const [indices, result] = [inputOf(node, 'indices'), outputOf(node)];
  emit.command({
    code: oneHot,
    name: 'one hot',
    words: [
      emit.read(indices, 'plain'),
      emit.make(result, 'plain'),
      product(indices.shape),
      numberIn(node, 'depth'),
      wordOf(numberIn(node, 'onValue', 1), result.dtype),
      wordOf(numberIn(node, 'offValue', 0), result.dtype),
    ],
    traffic: 4 * product(result.shape),
  });
};

/** Kernels that go by indices, which are tensors. */
export const indexLowerings: Lowerings = {
  GatherV2: gatherRows,
  GatherNd: gatherPlaces,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  SparseToDense: sparseToDense,
  OneHot: oneHotRows,
};
