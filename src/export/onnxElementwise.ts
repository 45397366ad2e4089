import { numberIn } from './attributes.ts';
import { onnxTypes } from './onnxModel.ts';
import { asFloat, type OnnxRule, type OnnxRules, rulesFor } from './onnxRule.ts';
import { type OnnxWriter, onnxTypeOf } from './onnxWriter.ts';
import { inputOf, onlyInput, resultOf } from './values.ts';

/** Writes steps on float32 numbers from one name to another; the last is given the result's type. */
const onFloats =
  (
    write: (
      x: string,
      to: OnnxWriter,
      node: Parameters<OnnxRule>[0],
    ) => readonly [op: string, inputs: readonly string[], attrs?: Parameters<OnnxWriter['give']>[4]],
  ): OnnxRule =>
  (node, to) => {
    const [x, y] = [onlyInput(node), resultOf(node)];
    const layout = to.follow([x]);
    const [op, inputs, attrs] = write(asFloat(x, to.read(x, layout), to), to, node);
    if (y.dtype === 'float32') return to.give(y, layout, op, inputs, attrs);
    to.give(y, layout, 'Cast', [to.sheet.step(op, inputs, attrs)], { to: onnxTypes[onnxTypeOf(y)] });
  };

/** One operator of ONNX for one kernel. */
const plain = (op: string) => onFloats((x) => [op, [x]]);
const clipped = (low: number, high: number) =>
  onFloats((x, { sheet }) => ['Clip', [x, sheet.float(low), sheet.float(high)]]);

/** Kernels that make each number of the number at its own place. */
export const onnxElementwise: OnnxRules = {
  ...rulesFor('Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Floor Log Neg Reciprocal Relu', plain),
  ...rulesFor('Round Selu Sigmoid Sign Sin Sinh Softplus Sqrt Tan Tanh', plain),
  Relu6: clipped(0, 6),
  Square: onFloats((x) => ['Mul', [x, x]]),
  Rsqrt: onFloats((x, { sheet }) => ['Reciprocal', [sheet.step('Sqrt', [x])]]),
  Expm1: onFloats((x, { sheet }) => ['Sub', [sheet.step('Exp', [x]), sheet.float(1)]]),
  Log1p: onFloats((x, { sheet }) => ['Log', [sheet.step('Add', [x, sheet.float(1)])]]),
  ClipByValue: onFloats((x, { sheet }, node) => [
    'Clip',
    [x, sheet.float(numberIn(node, 'clipValueMin')), sheet.float(numberIn(node, 'clipValueMax'))],
  ]),
  LeakyRelu: onFloats((x, _, node) => ['LeakyRelu', [x], { alpha: { float: numberIn(node, 'alpha', 0.2) } }]),
  Step: onFloats((x, { sheet }, node) => [
    'Where',
    [sheet.step('Greater', [x, sheet.float(0)]), sheet.float(1), sheet.float(numberIn(node, 'alpha', 0))],
  ]),
  PyramidionSwish: onFloats((x, { sheet }) => ['Mul', [x, sheet.step('Sigmoid', [x])]]),
  IsNan: bool('IsNaN'),
  IsInf: bool('IsInf'),
  IsFinite: (node, to) => {
    const [x, y] = [onlyInput(node), resultOf(node)];
    const layout = to.follow([x]);
    const name = asFloat(x, to.read(x, layout), to);
    const wild = to.sheet.step('Or', [to.sheet.step('IsNaN', [name]), to.sheet.step('IsInf', [name])]);
    to.give(y, layout, 'Not', [wild]);
  },
  LogicalNot: bool('Not'),
  Identity: (node, to) => to.same(resultOf(node), onlyInput(node)),
  Cast: (node, to) => {
    const [x, y] = [onlyInput(node), resultOf(node)];
    if (x.dtype === y.dtype) return to.same(y, x);
    const layout = to.follow([x]);
    to.give(y, layout, 'Cast', [to.read(x, layout)], { to: onnxTypes[onnxTypeOf(y)] });
  },
  Prelu: (node, to) => {
    const [x, alpha, y] = [inputOf(node, 'x'), inputOf(node, 'alpha'), resultOf(node)];
    const layout = to.follow([x]);
    to.give(y, layout, 'PRelu', [to.read(x, layout), to.against(alpha, x.shape.length, layout)]);
  },
};

/** An operator whose result says yes or no, of float32 or of bool. */
function bool(op: string): OnnxRule {
  return (node, to) => {
    const x = onlyInput(node);
    const layout = to.follow([x]);
    const name = to.read(x, layout);
    to.give(resultOf(node), layout, op, [op === 'Not' ? name : asFloat(x, name, to)]);
  };
}
