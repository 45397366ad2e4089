import { inputsOf, type Node, type Value } from '../trace/graph.ts';
import type { Layout } from './onnxLayout.ts';
import { onnxTypes } from './onnxModel.ts';
import { asFloat, type OnnxRule, type OnnxRules, rulesFor } from './onnxRule.ts';
import { type OnnxWriter, onnxTypeOf } from './onnxWriter.ts';
import { numbersOf } from './permute.ts';
import { inputOf, resultOf } from './values.ts';

/** Names of values that are broadcast against each other, and the layout that they are in. */
function together(values: readonly Value[], result: Value, to: OnnxWriter): { names: string[]; layout: Layout } {
  const rank = result.shape.length;
  const layout = rank === 4 ? to.follow(values) : 'NHWC';
  return { names: values.map((value) => to.against(value, rank, layout)), layout };
}

const pairOf = (node: Node): readonly [Value, Value] => [inputOf(node, 'a'), inputOf(node, 'b')];

/** An operator that takes numbers of one type and gives the same. */
const arithmetic =
  (op: string): OnnxRule =>
  (node, to) => {
    const y = resultOf(node);
    const { names, layout } = together(pairOf(node), y, to);
    to.give(y, layout, op, names);
  };

/** A comparison: of bools as whole numbers. */
const comparison =
  (op: string): OnnxRule =>
  (node, to) => {
    const [pair, y] = [pairOf(node), resultOf(node)];
    const { names, layout } = together(pair, y, to);
    const given = names.map((name, i) => (pair[i]?.dtype === 'bool' ? to.sheet.step('Cast', [name], { to: 6 }) : name));
    if (op !== 'NotEqual') return to.give(y, layout, op, given);
    to.give(y, layout, 'Not', [to.sheet.step('Equal', given)]);
  };

/** Steps on float32 numbers, whatever the type. */
const onFloats =
  (write: (a: string, b: string, to: OnnxWriter) => readonly [op: string, inputs: readonly string[]]): OnnxRule =>
  (node, to) => {
    const [pair, y] = [pairOf(node), resultOf(node)];
    const { names, layout } = together(pair, y, to);
    const [a = '', b = ''] = names.map((name, i) => (pair[i] ? asFloat(pair[i], name, to) : name));
    const [op, inputs] = write(a, b, to);
    if (y.dtype === 'float32') return to.give(y, layout, op, inputs);
    to.give(y, layout, 'Cast', [to.sheet.step(op, inputs)], { to: onnxTypes[onnxTypeOf(y)] });
  };

/** a / b, rounded down. */
const quotient = (a: string, b: string, { sheet }: OnnxWriter) => sheet.step('Floor', [sheet.step('Div', [a, b])]);

const weightedSum: OnnxRule = (node, to) => {
  const [values, y] = [inputsOf(node), resultOf(node)];
  const [maps, weights] = [values.slice(0, -1), values.at(-1)];
  if (weights === undefined) throw new Error('toOnnx: weightedSum has no weights');
  const layout = to.follow(maps);
  const known = weights.kind === 'constant' ? numbersOf(weights) : undefined;
  const weightOf = (i: number) =>
    known ? to.sheet.float(known[i] ?? 0) : to.sheet.step('Gather', [to.read(weights), to.sheet.long(i)], { axis: 0 });
  const terms = maps.map((map, i) => to.sheet.step('Mul', [to.read(map, layout), weightOf(i)]));
  to.give(y, layout, 'Sum', terms);
};

/** Kernels that make each number of the numbers at its own place in several values. */
export const onnxArithmetic: OnnxRules = {
  ...rulesFor('Add Sub Multiply:Mul RealDiv:Div Maximum:Max Minimum:Min Pow', arithmetic),
  ...rulesFor('LogicalAnd:And LogicalOr:Or LogicalXor:Xor', arithmetic),
  ...rulesFor('Equal NotEqual Greater GreaterEqual:GreaterOrEqual Less LessEqual:LessOrEqual', comparison),
  SquaredDifference: onFloats((a, b, { sheet }) => {
    const difference = sheet.step('Sub', [a, b]);
    return ['Mul', [difference, difference]];
  }),
  FloorDiv: onFloats((a, b, { sheet }) => ['Floor', [sheet.step('Div', [a, b])]]),
  Mod: onFloats((a, b, to) => ['Sub', [a, to.sheet.step('Mul', [quotient(a, b, to), b])]]), // the sign of b, as in tfjs
  AddN: (node, to) => {
    const [values, y] = [inputsOf(node), resultOf(node)];
    const { names, layout } = together(values, y, to);
    to.give(y, layout, 'Sum', names);
  },
  Select: (node, to) => {
    const y = resultOf(node);
    const { names, layout } = together([inputOf(node, 'condition'), inputOf(node, 't'), inputOf(node, 'e')], y, to);
    to.give(y, layout, 'Where', names);
  },
  PyramidionBiasAdd: (node, to) => {
    const y = resultOf(node);
    const { names, layout } = together([inputOf(node, 'x'), inputOf(node, 'bias')], y, to);
    to.give(y, layout, 'Add', names);
  },
  PyramidionScaleChannels: (node, to) => {
    const y = resultOf(node);
    const { names, layout } = together([inputOf(node, 'x'), inputOf(node, 'scale')], y, to);
    to.give(y, layout, 'Mul', names);
  },
  PyramidionWeightedSum: weightedSum,
};
