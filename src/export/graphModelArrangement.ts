import { inputsOf, type Node } from '../trace/graph.ts';
import { axisIn, numberIn, numbersIn, pairsIn, wordIn } from './attributes.ts';
import { text, whole } from './graphModelNode.ts';
import { type GraphRule, type GraphRules, reads } from './graphModelRule.ts';
import type { GraphWriter } from './graphModelWriter.ts';
import { unsupported } from './unsupported.ts';
import { inputOf, onlyInput, resultOf } from './values.ts';

const reshape: GraphRule = (node, to) => {
  const y = resultOf(node);
  const sides = to.sidesOf(y);
  const open = sides.filter((side) => typeof side !== 'number').length;
  const shape = open === 1 ? to.ints(to.declared(y)) : to.sides(sides); // one free side it finds itself
  to.give([y], 'Reshape', [to.read(onlyInput(node)), shape]);
};

const slice: GraphRule = (node, to) => {
  const [x, y] = [onlyInput(node), resultOf(node)];
  const begin = numbersIn(node, 'begin') ?? [];
  const size = to.sidesOf(y).map((side, axis) => {
    if (typeof side === 'number') return side;
    if ((begin[axis] ?? 0) + (y.shape[axis] ?? 0) === x.shape[axis]) return -1; // to the end
    throw unsupported('toGraphModel', node, 'it takes a part of the batch', "export with batch: 'fixed'");
  });
  to.give([y], 'Slice', [to.read(x), to.ints(y.shape.map((_, axis) => begin[axis] ?? 0)), to.ints(size)]);
};

const stridedSlice: GraphRule = (node, to) => {
  const [begin, end, strides] = ['begin', 'end', 'strides'].map((name) => to.ints(numbersIn(node, name) ?? []));
  const mask = (name: string) => whole(numberIn(node, name, 0));
  to.give(node.outputs, 'StridedSlice', [to.read(onlyInput(node)), begin ?? '', end ?? '', strides ?? ''], {
    begin_mask: mask('beginMask'),
    end_mask: mask('endMask'),
    ellipsis_mask: mask('ellipsisMask'),
    new_axis_mask: mask('newAxisMask'),
    shrink_axis_mask: mask('shrinkAxisMask'),
  });
};

const paddings = (node: Node, to: GraphWriter, name = 'paddings') => {
  const pairs = pairsIn(node, name);
  return to.tensor(name, [pairs.length, 2], Int32Array.from(pairs.flat()));
};

const split: GraphRule = (node, to) => {
  const x = onlyInput(node);
  const axis = axisIn(node, x.shape.length);
  if (axis === 0 && to.sidesOf(x).some((side) => typeof side !== 'number'))
    throw unsupported('toGraphModel', node, 'it splits the batch', "export with batch: 'fixed'");
  const sizes = node.outputs.map(({ shape }) => shape[axis] ?? 0);
  to.give(node.outputs, 'SplitV', [to.read(x), to.ints(sizes), to.int(axis)]);
};

const concat: GraphRule = (node, to) => {
  const values = inputsOf(node).map(to.read);
  const axis = axisIn(node, resultOf(node).shape.length);
  to.give(node.outputs, 'ConcatV2', [...values, to.int(axis)], { N: whole(values.length) });
};

const pack: GraphRule = (node, to) => {
  const values = inputsOf(node).map(to.read);
  const axis = axisIn(node, resultOf(node).shape.length);
  to.give(node.outputs, 'Pack', values, { axis: whole(axis), N: whole(values.length) });
};

const tile: GraphRule = (node, to) => {
  const free = to.free(node, 'reps');
  const reps = (numbersIn(node, 'reps') ?? []).map((n, i) => free[i] ?? n);
  to.give(node.outputs, 'Tile', [to.read(onlyInput(node)), to.sides(reps)]);
};

const blocks =
  (op: string, edges: string): GraphRule =>
  (node, to) =>
    to.give(node.outputs, op, [
      to.read(onlyInput(node)),
      to.ints(numbersIn(node, 'blockShape') ?? []),
      paddings(node, to, edges),
    ]);

/** Kernels that move numbers and leave them as they are. */
export const graphModelArrangement: GraphRules = {
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: (node, to) =>
    to.give(node.outputs, 'Transpose', [to.read(onlyInput(node)), to.ints(numbersIn(node, 'perm') ?? [])]),
  Slice: slice,
  StridedSlice: stridedSlice,
  PadV2: (node, to) => {
    const value = numberIn(node, 'constantValue', 0);
    to.give(node.outputs, 'PadV2', [to.read(onlyInput(node)), paddings(node, to), to.float(value)]);
  },
  MirrorPad: (node, to) =>
    to.give(node.outputs, 'MirrorPad', [to.read(onlyInput(node)), paddings(node, to)], {
      mode: text(wordIn(node, 'mode').toUpperCase()),
    }),
  Reverse: (node, to) => {
    const x = onlyInput(node);
    to.give(node.outputs, 'ReverseV2', [
      to.read(x),
      to.ints(numbersIn(node, 'dims') ?? x.shape.map((_, axis) => axis)),
    ]);
  },
  Tile: tile,
  Concat: concat,
  Pack: pack,
  Unpack: (node, to) => {
    const axis = axisIn(node, onlyInput(node).shape.length);
    const attrs = { axis: whole(axis), num: whole(node.outputs.length) };
    to.give(node.outputs, 'Unpack', [to.read(onlyInput(node))], attrs);
  },
  SplitV: split,
  GatherV2: (node, to) => {
    const axis = axisIn(node, inputOf(node, 'x').shape.length);
    to.give(node.outputs, 'GatherV2', [...reads(node, to, 'x', 'indices'), to.int(axis)], {
      batch_dims: whole(numberIn(node, 'batchDims', 0)),
    });
  },
  GatherNd: (node, to) => to.give(node.outputs, 'GatherNd', reads(node, to, 'params', 'indices')),
  SpaceToBatchND: blocks('SpaceToBatchND', 'paddings'),
  BatchToSpaceND: blocks('BatchToSpaceND', 'crops'),
};
