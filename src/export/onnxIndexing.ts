import type { Node } from '../trace/graph.ts';
import { axisIn, numberIn } from './attributes.ts';
import { axisOf, type Layout } from './onnxLayout.ts';
import { onnxTypes } from './onnxModel.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import { type OnnxWriter, onnxTypeOf } from './onnxWriter.ts';
import { unsupported } from './unsupported.ts';
import { inputOf, onlyInput, resultOf } from './values.ts';

const gather: OnnxRule = (node, to) => {
  const [x, indices, y] = [inputOf(node, 'x'), inputOf(node, 'indices'), resultOf(node)];
  if (numberIn(node, 'batchDims', 0) !== 0)
    throw unsupported('toOnnx', node, 'it has batchDims', 'gather from a reshaped tensor by indices of the whole');
  const axis = axisIn(node, x.shape.length);
  const layout = x.shape.length === 4 && indices.shape.length === 1 ? to.follow([x]) : 'NHWC';
  to.give(y, layout, 'Gather', [to.read(x, layout), to.read(indices)], { axis: axisOf(axis, layout) });
};

const gatherNd: OnnxRule = (node, to) => {
  const indices = to.sheet.step('Cast', [to.read(inputOf(node, 'indices'))], { to: onnxTypes.int64 });
  to.give(resultOf(node), 'NHWC', 'GatherND', [to.read(inputOf(node, 'params')), indices]);
};

const oneHot: OnnxRule = (node, to) => {
  const y = resultOf(node);
  const values = to.sheet.floats([numberIn(node, 'offValue', 0), numberIn(node, 'onValue', 1)]);
  const indices = to.sheet.step('Cast', [to.read(inputOf(node, 'indices'))], { to: onnxTypes.int64 });
  const reads = [indices, to.sheet.long(numberIn(node, 'depth')), values];
  if (y.dtype === 'float32') return to.give(y, 'NHWC', 'OneHot', reads, { axis: -1 });
  to.give(y, 'NHWC', 'Cast', [to.sheet.step('OneHot', reads, { axis: -1 })], { to: onnxTypes[onnxTypeOf(y)] });
};

/** One number many times. */
function filled(node: Node, number: number, layout: Layout, to: OnnxWriter): void {
  const y = resultOf(node);
  const one = to.sheet.float(number);
  const cast = y.dtype === 'float32' ? one : to.sheet.step('Cast', [one], { to: onnxTypes[onnxTypeOf(y)] });
  to.give(y, layout, 'Expand', [cast, to.shapes.of(to.sides(y, layout))]);
}

const like =
  (number: number): OnnxRule =>
  (node, to) =>
    filled(node, number, to.follow([onlyInput(node)]), to);

const fill: OnnxRule = (node, to) => {
  const { value } = node.attrs;
  filled(node, typeof value === 'boolean' ? Number(value) : numberIn(node, 'value'), 'NHWC', to);
};

/** Kernels that go by indices, or make numbers of nothing. */
export const onnxIndexing: OnnxRules = {
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: oneHot,
  Fill: fill,
  ZerosLike: like(0),
  OnesLike: like(1),
};
