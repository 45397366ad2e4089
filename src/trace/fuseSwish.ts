import type { Graph, Node } from './graph.ts';
import { soleReaders } from './readers.ts';

/**
 * Joins fused convolutions and the swish after them, where nobody else reads what is between: `activation: 'swish'`. For
 * kernels that know it, which are those of this package alone.
 */
export function fuseSwish(graph: Graph): Graph {
  const soleReader = soleReaders(graph);
  const fused = new Map<Node, Node>(); // in the place of the swish
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    const [made] = node.outputs;
    const swish = made && soleReader(made);
    if (swish?.op !== 'PyramidionSwish' || node.attrs.activation !== 'linear') continue;
    if (node.op !== 'FusedConv2D' && node.op !== 'FusedDepthwiseConv2D') continue;
    gone.add(node);
    fused.set(swish, { ...node, attrs: { ...node.attrs, activation: 'swish' }, outputs: swish.outputs });
  }
  if (fused.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.filter((node) => !gone.has(node)).map((node) => fused.get(node) ?? node) };
}
