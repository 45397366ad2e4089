import { inputsOf, type Node, type Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import type { Emit, Lowering, Lowerings } from '../plan/emit.ts';
import { groupsOf8 } from '../plan/emit.ts';
import { numberIn, outputOf, placeOf } from './attributes.ts';
import { commandChain, emitChain, type Step } from './chain.ts';
import { chainRules } from './chainInstructions.ts';
import type { Source } from './chainOperands.ts';

/** The names of kernels whose inputs have an order that is not their own. */
const named: { readonly [op: string]: readonly string[] } = {
  Prelu: ['x', 'alpha'],
  Select: ['condition', 't', 'e'],
  EluGrad: ['dy', 'y'],
  PyramidionBiasAdd: ['x', 'bias'],
  PyramidionScaleChannels: ['x', 'scale'],
};

/** What an elementwise node reads, in the order of its rule. */
export function operandsOf(node: Node): readonly Value[] {
  const { op } = node;
  const names = named[op] ?? ('a' in node.inputs ? ['a', 'b'] : undefined);
  if (names === undefined) return inputsOf(node);
  return names.map((name) => {
    const value = inputNamed(node, name);
    if (value) return value;
    throw new TypeError(`engine: ${placeOf(node)}: it has no input ${name}`);
  });
}

/** A vector that selects rows is a column. */
export const sourcesOf = (node: Node): readonly Source[] =>
  operandsOf(node).map((value, i) => {
    const rank = outputOf(node).shape.length;
    const column = node.op === 'Select' && i === 0 && value.shape.length === 1 && rank > 1;
    return column ? { value, shape: [...value.shape, ...Array.from({ length: rank - 1 }, () => 1)] } : { value };
  });

/** The node as a chain's only step. */
const step = ({ op, attrs, outputs }: Node, count: number): Step => ({
  op,
  attrs,
  inputs: [...Array(count).keys()],
  dtype: outputs[0]?.dtype ?? 'float32',
});

const elementwise: Lowering = (node, emit) => {
  const result = outputOf(node);
  const [only] = inputsOf(node);
  if (node.op === 'Identity' && only) {
    for (const layout of emit.layouts(only)) emit.alias(result, layout, emit.read(only, layout));
    return;
  }
  const sources = sourcesOf(node);
  emitChain(result, sources, [step(node, sources.length)], emit);
};

/** Maps, then as many numbers of a vector that comes last. */
export function weightedSources(node: Node): readonly Source[] {
  const inputs = inputsOf(node);
  const [maps, weights] = [inputs.slice(0, -1), inputs.at(-1)];
  if (weights === undefined) throw new TypeError(`engine: ${placeOf(node)}: it reads nothing`);
  return [...maps.map((value) => ({ value })), ...maps.map((_, element) => ({ value: weights, element }))];
}
const weightedSum: Lowering = (node, emit) => {
  const sources = weightedSources(node);
  emitChain(outputOf(node), sources, [step(node, sources.length)], emit);
};

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && 'op' in value && 'inputs' in value && Array.isArray(value.inputs);

/** Steps that were joined before; see ../fuse/chain.ts. */
const joined: Lowering = (node, emit) => {
  const { elements, shapes } = node.attrs;
  const steps: unknown = node.attrs.steps;
  if (!Array.isArray(steps) || !steps.every(isStep) || !Array.isArray(elements) || !Array.isArray(shapes))
    throw new TypeError(`engine: ${placeOf(node)}: it needs steps, elements and shapes`);
  const sources = inputsOf(node).map((value, i): Source => {
    const [element, shape] = [elements[i], shapes[i]];
    if (typeof element === 'number' && element >= 0) return { value, element };
    return Array.isArray(shape) ? { value, shape: shape.map(Number) } : { value };
  });
  emitChain(outputOf(node), sources, steps, emit);
};

/** scale / sqrt(variance + epsilon), once for each channel. */
function slope(node: Node, variance: Value, scale: Value | undefined, emit: Emit): Source {
  const epsilon = numberIn(node, node.op === 'FusedBatchNorm' ? 'varianceEpsilon' : 'epsilon', 0.001);
  const channels = variance.shape.at(-1) ?? 1;
  const of = scale ? [variance, scale] : [variance];
  const steps: Step[] = [
    { op: 'Add', attrs: {}, inputs: [0, of.length], dtype: 'float32' },
    { op: 'Rsqrt', attrs: {}, inputs: [of.length + 1], dtype: 'float32' },
    ...(scale ? [{ op: 'Multiply', attrs: {}, inputs: [1, 4], dtype: 'float32' as const }] : []),
  ];
  const made = emit.derived(`slope ${epsilon}`, of, 32 * groupsOf8(channels), (to) => {
    const operands = [
      ...of.map((value) => ({ at: emit.read(value, 'plain'), strides: [1], dtype: value.dtype })),
      { at: emit.constant(Float32Array.of(epsilon)), strides: [0], dtype: 'float32' as const },
    ];
    commandChain({ to, dtype: 'float32', sides: [channels], operands }, steps, emit);
  });
  return { value: variance, made };
}

const batchNorm: Lowering = (node, emit) => {
  const [x, mean, variance] = ['x', 'mean', 'variance'].map((name) => inputNamed(node, name));
  if (x === undefined || mean === undefined || variance === undefined)
    throw new TypeError(`engine: ${placeOf(node)}: it needs x, mean and variance`);
  const offset = inputNamed(node, 'offset');
  const sources: Source[] = [
    { value: x },
    { value: mean },
    slope(node, variance, inputNamed(node, 'scale'), emit),
    ...(offset ? [{ value: offset }] : []),
  ];
  emitChain(outputOf(node), sources, [step(node, sources.length)], emit);
};

/** Kernels that make each number of the numbers at its own place. */
export const elementwiseLowerings: Lowerings = {
  ...Object.fromEntries(Object.keys(chainRules).map((op) => [op, elementwise])),
  EngineChain: joined,
  PyramidionWeightedSum: weightedSum,
  FusedBatchNorm: batchNorm,
  PyramidionBatchNormStored: batchNorm,
};
