import type { Node, Value } from '../trace/graph.ts';
import { flagIn, wordIn } from './attributes.ts';
import { activated } from './onnxConvolution.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import type { OnnxWriter } from './onnxWriter.ts';
import { inputOf, maybeInput, resultOf } from './values.ts';

/** A matrix, or many, transposed if asked. */
function matrix(value: Value, transpose: boolean, to: OnnxWriter): string {
  if (!transpose) return to.read(value);
  const axes = [...value.shape.keys()];
  const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
  return to.sheet.step('Transpose', [to.read(value)], { perm });
}

const factors = (node: Node, to: OnnxWriter) => [
  matrix(inputOf(node, 'a'), flagIn(node, 'transposeA'), to),
  matrix(inputOf(node, 'b'), flagIn(node, 'transposeB'), to),
];

const product: OnnxRule = (node, to) => to.give(resultOf(node), 'NHWC', 'MatMul', factors(node, to));

const fused: OnnxRule = (node, to) => {
  const [y, bias] = [resultOf(node), maybeInput(node, 'bias')];
  const reads = factors(node, to);
  const linear = (wordIn(node, 'activation') || 'linear') === 'linear';
  if (linear && !bias) return to.give(y, 'NHWC', 'MatMul', reads);
  const made = to.sheet.step('MatMul', reads);
  if (linear && bias) return to.give(y, 'NHWC', 'Add', [made, to.read(bias)]);
  to.give(y, 'NHWC', ...activated(node, bias ? to.sheet.step('Add', [made, to.read(bias)]) : made, to));
};

export const onnxMatrix: OnnxRules = { BatchMatMul: product, _FusedMatMul: fused };
