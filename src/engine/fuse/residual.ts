import type { Graph, Node, Value } from '../../trace/graph.ts';
import { inputNamed, makers, soleReaders } from '../../trace/readers.ts';

const convolutions = ['Conv2D', 'FusedConv2D'];
const sameShape = (a: Value, b: Value) => `${a.shape}` === `${b.shape}`;

/** The activation that a kernel is, as an attribute of a fused convolution. */
function activationOf({ op, attrs }: Node): Node['attrs'] | undefined {
  switch (op) {
    case 'Relu':
    case 'Relu6':
    case 'Elu':
    case 'Sigmoid':
      return { activation: op.toLowerCase() };
    case 'PyramidionSwish':
      return { activation: 'swish' };
    case 'LeakyRelu':
      return { activation: 'leakyrelu', leakyreluAlpha: Number(attrs.alpha) };
    default:
      return undefined;
  }
}

/**
 * Joins a convolution without activation, the sum of its map and another of the same shape, and the activation of the sum,
 * where nobody else reads what is between: `EngineConv2D`, a `FusedConv2D` with an input `residual`.
 */
export function fuseResidual(graph: Graph): Graph {
  const [soleReader, maker] = [soleReaders(graph), makers(graph)];
  const fused = new Map<Node, Node>(); // in the place of the last of a chain
  const gone = new Set<Node>();
  for (const sum of graph.nodes) {
    const [a, b] = [inputNamed(sum, 'a'), inputNamed(sum, 'b')];
    const [made] = sum.outputs;
    if (sum.op !== 'Add' || !a || !b || !made || !sameShape(a, b) || a.shape.length !== 4) continue;
    const convolution = [b, a].map((value) => soleReader(value) === sum && maker.get(value)).find(joins);
    if (!convolution || gone.has(convolution)) continue;
    const next = soleReader(made);
    const activation = next && activationOf(next);
    const last = next && activation ? next : sum;
    const residual = convolution.outputs[0] === a ? b : a;
    for (const node of [convolution, sum, last]) gone.add(node);
    fused.set(last, {
      op: 'EngineConv2D',
      inputs: { ...convolution.inputs, residual },
      attrs: { ...convolution.attrs, ...(activation ?? { activation: 'linear' }) },
      outputs: last.outputs,
      place: convolution.place,
    });
  }
  if (fused.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => fused.get(node) ?? (gone.has(node) ? [] : [node])) };
}

const joins = (node: Node | undefined | false): node is Node =>
  node !== undefined &&
  node !== false &&
  convolutions.includes(node.op) &&
  (node.attrs.activation ?? 'linear') === 'linear' &&
  (node.attrs.dataFormat ?? 'NHWC') === 'NHWC';
