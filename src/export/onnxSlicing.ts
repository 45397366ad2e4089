import type { Node, Value } from '../trace/graph.ts';
import { axesIn, axisIn, numberIn, numbersIn } from './attributes.ts';
import { axisOf, type Layout } from './onnxLayout.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import type { OnnxWriter } from './onnxWriter.ts';
import { unsupported } from './unsupported.ts';
import { onlyInput, resultOf } from './values.ts';

/** To the end of an axis, whatever it is. */
const end = Number.MAX_SAFE_INTEGER;

/** A part of a value, from places of each axis. A side that depends on the batch goes to its end. */
const slice: OnnxRule = (node, to) => {
  const [x, y] = [onlyInput(node), resultOf(node)];
  const begin = numbersIn(node, 'begin') ?? [];
  const layout = to.follow([x]);
  const sides = to.sides(y);
  const cut = y.shape.flatMap((side, axis) => {
    const from = begin[axis] ?? 0;
    if (from === 0 && side === x.shape[axis]) return [];
    if (typeof sides[axis] === 'number') return [{ axis, from, to: from + side }];
    if (from + side === x.shape[axis]) return [{ axis, from, to: end }];
    throw unsupported('toOnnx', node, 'it takes a part of the batch', "export with batch: 'fixed'");
  });
  if (cut.length === 0) return to.same(y, x);
  to.give(y, layout, 'Slice', [to.read(x, layout), ...ranges(cut, layout, to)]);
};

interface Range {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly step?: number;
}
const ranges = (cut: readonly Range[], layout: Layout, { sheet }: OnnxWriter) => [
  sheet.longs(cut.map(({ from }) => from)),
  sheet.longs(cut.map((range) => range.to)),
  sheet.longs(cut.map(({ axis }) => axisOf(axis, layout))),
  sheet.longs(cut.map(({ step = 1 }) => step)),
];

/** Slices with steps; masks say which ends are open and which axes go. */
const stridedSlice: OnnxRule = (node, to) => {
  const [x, y] = [onlyInput(node), resultOf(node)];
  const [begin, stop, strides] = [numbersIn(node, 'begin'), numbersIn(node, 'end'), numbersIn(node, 'strides')];
  const mask = (name: string, axis: number) => (numberIn(node, name, 0) & (1 << axis)) !== 0;
  if (numberIn(node, 'ellipsisMask', 0) !== 0 || numberIn(node, 'newAxisMask', 0) !== 0)
    throw unsupported(
      'toOnnx',
      node,
      'it has an ellipsis or new axes',
      'name all axes, and add new ones by expandDims',
    );
  const cut = (begin ?? []).map((from, axis): Range => {
    const step = strides?.[axis] ?? 1;
    const one = mask('shrinkAxisMask', axis);
    const first = mask('beginMask', axis) && !one ? (step > 0 ? 0 : end) : from;
    const after = one ? (from === -1 ? end : from + 1) : (stop?.[axis] ?? end);
    const last = mask('endMask', axis) && !one ? (step > 0 ? end : -end) : after;
    return { axis, from: first, to: last, step };
  });
  const part = to.sheet.step('Slice', [to.read(x), ...ranges(cut, 'NHWC', to)]);
  to.give(y, 'NHWC', 'Reshape', [part, to.shapes.toReshape(to.sides(y))]);
};

const reverse: OnnxRule = (node, to) => {
  const x = onlyInput(node);
  const layout = to.follow([x]);
  const axes = axesOfReverse(node, x);
  const cut = axes.map((axis): Range => ({ axis, from: -1, to: -end, step: -1 }));
  to.give(resultOf(node), layout, 'Slice', [to.read(x, layout), ...ranges(cut, layout, to)]);
};
const axesOfReverse = (node: Node, x: Value): readonly number[] =>
  numbersIn(node, 'dims')?.map((axis) => (axis < 0 ? axis + x.shape.length : axis)) ?? axesIn(node, x.shape.length);

const unpack: OnnxRule = (node, to) => {
  const x = onlyInput(node);
  const axis = axisIn(node, x.shape.length);
  for (const [i, value] of node.outputs.entries())
    to.give(value, 'NHWC', 'Gather', [to.read(x), to.sheet.long(i)], { axis });
};

const split: OnnxRule = (node, to) => {
  const x = onlyInput(node);
  const axis = axisIn(node, x.shape.length);
  const layout = to.follow([x]);
  if (axis === 0 && to.sides(x).some((side) => typeof side !== 'number'))
    throw unsupported('toOnnx', node, 'it splits the batch', "export with batch: 'fixed'");
  const sizes = node.outputs.map(({ shape }) => shape[axis] ?? 0);
  to.giveAll(node.outputs, layout, 'Split', [to.read(x, layout), to.sheet.longs(sizes)], {
    axis: axisOf(axis, layout),
  });
};

/** Kernels that take parts. */
export const onnxSlicing: OnnxRules = {
  Slice: slice,
  StridedSlice: stridedSlice,
  Reverse: reverse,
  Unpack: unpack,
  SplitV: split,
};
