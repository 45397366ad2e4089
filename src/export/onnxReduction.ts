import { axesIn, axisIn, flagIn, numberIn } from './attributes.ts';
import { axisOf, type Layout } from './onnxLayout.ts';
import { onnxTypes } from './onnxModel.ts';
import { asFloat, type OnnxRule, type OnnxRules, rulesFor } from './onnxRule.ts';
import { onnxTypeOf } from './onnxWriter.ts';
import { inputOf, onlyInput, resultOf } from './values.ts';

/** Whether axes that stay are in the same order in both layouts: channels do not come after pixels. */
const keepsOrder = (rest: readonly number[]) => !rest.includes(3) || !(rest.includes(1) || rest.includes(2));

const reduction =
  (op: string): OnnxRule =>
  (node, to) => {
    const [x, y] = [onlyInput(node), resultOf(node)];
    const rank = x.shape.length;
    const axes = axesIn(node, rank);
    if (axes.length === 0) return to.same(y, x);
    const keep = flagIn(node, 'keepDims');
    const rest = Array.from({ length: rank }, (_, i) => i).filter((axis) => !axes.includes(axis));
    let layout: Layout = to.follow([x]);
    if (!keep && !keepsOrder(rest)) layout = 'NHWC';
    const places = axes.map((axis) => axisOf(axis, layout)).sort((a, b) => a - b);
    const name = x.dtype === 'bool' ? to.sheet.step('Cast', [to.read(x, layout)], { to: 6 }) : to.read(x, layout);
    const given = op === 'ReduceMean' ? asFloat(x, name, to) : name;
    const reads = [given, to.sheet.longs(places)];
    const attrs = { keepdims: keep ? 1 : 0 };
    if (x.dtype !== 'bool' || y.dtype !== 'bool') return to.give(y, layout, op, reads, attrs);
    to.give(y, layout, 'Cast', [to.sheet.step(op, reads, attrs)], { to: onnxTypes.bool });
  };

/** The place of the largest or smallest along an axis. */
const extreme =
  (op: string): OnnxRule =>
  (node, to) => {
    const x = onlyInput(node);
    const [axis = 0] = axesIn(node, x.shape.length);
    const found = to.sheet.step(op, [to.read(x)], { axis, keepdims: 0 });
    to.give(resultOf(node), 'NHWC', 'Cast', [found], { to: onnxTypes.int32 });
  };

const softmax: OnnxRule = (node, to) => {
  const x = inputOf(node, 'logits');
  const axis = axisIn(node, x.shape.length, 'dim');
  const layout = to.follow([x]);
  to.give(resultOf(node), layout, 'Softmax', [to.read(x, layout)], { axis: axisOf(axis, layout) });
};

const topK: OnnxRule = (node, to) => {
  const x = onlyInput(node);
  const [values, indices] = node.outputs;
  const reads = [to.read(x), to.sheet.longs([numberIn(node, 'k')])];
  const names = [to.sheet.unique(`${values?.name}`), to.sheet.unique(`${indices?.name}`)];
  to.sheet.node('TopK', reads, { axis: x.shape.length - 1 }, names);
  const [first = '', second = ''] = names;
  if (values) to.is(values, 'NHWC', first);
  if (indices) to.give(indices, 'NHWC', 'Cast', [second], { to: onnxTypes[onnxTypeOf(indices)] });
};

const cumulative: OnnxRule = (node, to) => {
  const x = onlyInput(node);
  to.give(resultOf(node), 'NHWC', 'CumSum', [to.read(x), to.sheet.long(axisIn(node, x.shape.length))], {
    exclusive: flagIn(node, 'exclusive') ? 1 : 0,
    reverse: flagIn(node, 'reverse') ? 1 : 0,
  });
};

/** Kernels that make one number of many, or order them. */
export const onnxReduction: OnnxRules = {
  ...rulesFor('Mean:ReduceMean Sum:ReduceSum Max:ReduceMax Min:ReduceMin Prod:ReduceProd', reduction),
  ...rulesFor('All:ReduceMin Any:ReduceMax', reduction),
  ...rulesFor('ArgMax ArgMin', extreme),
  PyramidionSpatialMean: (node, to) =>
    to.give(resultOf(node), 'NCHW', 'GlobalAveragePool', [to.read(onlyInput(node), 'NCHW')]),
  Softmax: softmax,
  TopK: topK,
  Cumsum: cumulative,
};
