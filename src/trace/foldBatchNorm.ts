import { swishKernel } from '../tfjs/compositeBody.ts';
import { biasOf } from './bias.ts';
import { fixedValues } from './fixed.ts';
import { type Graph, type Node, namesOf, type ResultValue, type Value } from './graph.ts';
import { uniqueNames } from './names.ts';
import { inputNamed, makers, soleReaders } from './readers.ts';

const channelsOf = (shape: readonly number[]) => shape.at(-1) ?? 0;

/** Convolutions: the shape in which a factor a channel of the result multiplies the filter. */
const factorShapes: { readonly [op: string]: (filter: readonly number[]) => readonly number[] } = {
  Conv2D: (filter) => filter.slice(3), // [kh, kw, in, out]
  PyramidionDilatedConv: (filter) => filter.slice(3),
  DepthwiseConv2dNative: (filter) => filter.slice(2), // [kh, kw, in, q], channel i * q + j of filter [i, j]
  Conv2DBackpropInput: (filter) => [filter[2] ?? 0, 1], // [kh, kw, out, in]
};
const norms: { readonly [op: string]: string } = {
  PyramidionBatchNormStored: 'epsilon',
  FusedBatchNorm: 'varianceEpsilon',
};

/** A batch norm, the convolution before it, and the bias between. */
interface Chain {
  readonly norm: Node;
  readonly conv: Node;
  readonly bias: Value | undefined;
}

/**
 * Folds batch norms over stored statistics into the convolutions before them, depthwise and transposed ones too, with or
 * without a bias between: the filter is multiplied, the bias shifted, by nodes that depend on weights alone. A filter that
 * several convolutions share, as heads do over levels, becomes one of its own for each. An activation of the norm follows.
 *
 * Where filter or statistics come from an input, or somebody else reads what is between, the norm stays.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const isFixed = fixedValues(graph);
  const maker = makers(graph);
  const soleReader = soleReaders(graph);
  const unique = uniqueNames(namesOf(graph));
  const chains = new Map<Node, Chain>();
  for (const norm of graph.nodes) {
    const chain = chainOf(norm, isFixed, (value, by) => (soleReader(value) === by ? maker.get(value) : undefined));
    if (chain) chains.set(norm, chain);
  }
  if (chains.size === 0) return graph;
  const gone = new Set<Node>();
  for (const { norm, conv, bias } of chains.values()) {
    gone.add(conv);
    const between = inputNamed(norm, 'x');
    const added = bias && between && maker.get(between);
    if (added) gone.add(added);
  }
  const nodes = graph.nodes.flatMap((node) => {
    const chain = chains.get(node);
    if (chain) return folded(chain, unique);
    return gone.has(node) ? [] : [node];
  });
  return { ...graph, nodes };
}

function chainOf(
  norm: Node,
  isFixed: (value: Value) => boolean,
  madeFor: (value: Value, by: Node) => Node | undefined,
): Chain | undefined {
  const x = inputNamed(norm, 'x');
  if (!Object.hasOwn(norms, norm.op) || x === undefined) return undefined;
  const given = ['scale', 'offset', 'mean', 'variance'].map((name) => inputNamed(norm, name));
  const channels = `${channelsOf(norm.outputs[0]?.shape ?? [])}`;
  if (!given.every((value) => value === undefined || (isFixed(value) && `${value.shape}` === channels)))
    return undefined;
  const before = madeFor(x, norm);
  const bias = before && biasOf(before);
  const read = bias && before ? inputNamed(before, bias.of) : undefined;
  const conv = bias && read && before ? madeFor(read, before) : before;
  const filter = conv && inputNamed(conv, 'filter');
  if (conv === undefined || filter === undefined || !Object.hasOwn(factorShapes, conv.op)) return undefined;
  if (conv.attrs.dataFormat === 'NCHW' || !isFixed(filter) || (bias && !isFixed(bias.is))) return undefined;
  return { norm, conv, bias: bias?.is };
}

/** The convolution with its own filter, its bias, and what the norm did last. */
function folded({ norm, conv, bias }: Chain, unique: (base: string) => string): readonly Node[] {
  const { place } = norm;
  const nodes: Node[] = [];
  const make = (
    op: string,
    inputs: Node['inputs'],
    shape: readonly number[],
    attrs: Node['attrs'] = {},
  ): ResultValue => {
    const value: ResultValue = {
      kind: 'result',
      name: unique(`${place && `${place}/`}folded/${op}`),
      shape,
      dtype: 'float32',
    };
    nodes.push({ op, inputs, attrs, outputs: [value], place });
    return value;
  };
  const input = (name: string) => inputNamed(norm, name);
  const [scale, offset, mean, variance, filter] = [
    input('scale'),
    input('offset'),
    input('mean'),
    input('variance'),
    inputNamed(conv, 'filter'),
  ];
  const [result] = norm.outputs;
  const [made] = conv.outputs;
  if (!mean || !variance || !filter || !result || !made) return [conv, norm];

  const channels = variance.shape;
  const epsilon = scalar(Number(norm.attrs[norms[norm.op] ?? '']), unique);
  const deviation = make('Rsqrt', { x: make('Add', { a: variance, b: epsilon }, channels) }, channels);
  const slope = scale ? make('Multiply', { a: deviation, b: scale }, channels) : deviation;
  const wide = factorShapes[conv.op]?.(filter.shape) ?? channels;
  const factor = `${wide}` === `${channels}` ? slope : make('Reshape', { x: slope }, wide, { shape: [...wide] });
  const own = make('Multiply', { a: filter, b: factor }, filter.shape);
  const centre = bias ? make('Sub', { a: mean, b: bias }, channels) : mean;
  const shift = make('Multiply', { a: centre, b: slope }, channels);
  const added = offset ? make('Sub', { a: offset, b: shift }, channels) : make('Neg', { x: shift }, channels);

  nodes.push({ ...conv, inputs: { ...inputsByName(conv), filter: own } });
  const activation = activationOf(norm.attrs.activation);
  const inputs = { a: made, b: added };
  if (activation === undefined) {
    nodes.push({ op: 'Add', inputs, attrs: {}, outputs: [result], place });
    return nodes;
  }
  const biased = make('Add', inputs, result.shape);
  nodes.push({ op: activation, inputs: { x: biased }, attrs: {}, outputs: [result], place });
  return nodes;
}

const inputsByName = ({ inputs }: Node): { readonly [name: string]: Value } =>
  Object.fromEntries(Object.entries<Value>(inputs));

/** The kernel of an activation that the norm has in itself. */
function activationOf(activation: unknown): string | undefined {
  if (activation === 'swish') return swishKernel();
  if (activation === 'relu') return 'Relu';
  return activation === 'relu6' ? 'Relu6' : undefined;
}

const scalar = (number: number, unique: (base: string) => string): Value => ({
  kind: 'constant',
  name: unique('constant'),
  shape: [],
  dtype: 'float32',
  numbers: Float32Array.of(number),
});
