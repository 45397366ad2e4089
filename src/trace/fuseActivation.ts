import { biasOf } from './bias.ts';
import { type Graph, type Node, namesOf, type ResultValue, type Value } from './graph.ts';
import { uniqueNames } from './names.ts';
import { inputNamed, soleReaders } from './readers.ts';

/** Kernels of tfjs that add a bias and activate in the same call. */
const fusedOps: { readonly [op: string]: string } = {
  Conv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
  BatchMatMul: '_FusedMatMul',
};

/** An activation as an attribute of such a kernel. */
interface Activation {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/**
 * Joins a convolution or a matrix product with the bias that is added to it and the activation after it, where nobody
 * else reads what is between: `FusedConv2D`, `FusedDepthwiseConv2D`, `_FusedMatMul`, with relu, relu6, elu, leakyrelu or
 * sigmoid. Swish stays a kernel of its own, since tfjs fuses none.
 */
export function fuseActivation(graph: Graph): Graph {
  const soleReader = soleReaders(graph);
  const unique = uniqueNames(namesOf(graph));
  const fused = new Map<Node, readonly Node[]>(); // in the place of the last of a chain
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    if (!Object.hasOwn(fusedOps, node.op)) continue;
    const [made] = node.outputs;
    const after = made && soleReader(made);
    const added = after && biasOf(after);
    const bias = added && inputNamed(after, added.of) === made ? added.is : undefined;
    const biased = bias ? after : node;
    const [end] = biased?.outputs ?? [];
    const next = end && soleReader(end);
    const activation = next && activationOf(next);
    const last = activation ? next : biased;
    if (last === undefined || last === node || node.attrs.dataFormat === 'NCHW' || !fits(node)) continue;
    for (const one of [node, biased, last]) if (one) gone.add(one);
    fused.set(last, fuse(node, bias, activation ?? { activation: 'linear' }, last, unique));
  }
  if (fused.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => fused.get(node) ?? (gone.has(node) ? [] : [node])) };
}

/** Matrix products of more than one batch axis stay. */
function fits(node: Node): boolean {
  const [a, b] = [inputNamed(node, 'a'), inputNamed(node, 'b')];
  if (a === undefined || b === undefined) return node.op !== 'BatchMatMul';
  return a.shape.length === b.shape.length && (a.shape.length === 2 || a.shape.length === 3);
}

function activationOf({ op, attrs }: Node): Activation | undefined {
  switch (op) {
    case 'Relu':
    case 'Relu6':
    case 'Elu':
    case 'Sigmoid':
      return { activation: op.toLowerCase() };
    case 'LeakyRelu':
      return { activation: 'leakyrelu', leakyreluAlpha: Number(attrs.alpha) };
    case 'ClipByValue':
      return attrs.clipValueMin === 0 && attrs.clipValueMax === 6 ? { activation: 'relu6' } : undefined;
    default:
      return undefined;
  }
}

/** One kernel, with its result in the place of the last; matrices become batches of one, as the kernel asks. */
function fuse(
  node: Node,
  bias: Value | undefined,
  activation: Activation,
  { outputs, place }: Node,
  unique: (base: string) => string,
): readonly Node[] {
  const op = fusedOps[node.op] ?? node.op;
  const attrs = { ...node.attrs, ...activation };
  const added = bias ? { bias } : {};
  const [result] = outputs;
  if (result?.shape.length !== 2) return [{ op, inputs: { ...node.inputs, ...added }, attrs, outputs, place }];
  const nodes: Node[] = [];
  const batch = (value: Value): ResultValue => {
    const shape = [1, ...value.shape];
    const made: ResultValue = { kind: 'result', name: unique(`${value.name}/batch`), shape, dtype: value.dtype };
    nodes.push({ op: 'Reshape', inputs: { x: value }, attrs: { shape }, outputs: [made], place });
    return made;
  };
  const inputs = Object.fromEntries(Object.entries<Value>(node.inputs).map(([name, value]) => [name, batch(value)]));
  const product: ResultValue = { ...result, name: unique(`${result.name}/batch`), shape: [1, ...result.shape] };
  nodes.push({ op, inputs: { ...inputs, ...added }, attrs, outputs: [product], place });
  nodes.push({ op: 'Reshape', inputs: { x: product }, attrs: { shape: [...result.shape] }, outputs: [result], place });
  return nodes;
}
