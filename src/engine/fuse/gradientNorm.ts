import type { Graph, Node, Value } from '../../trace/graph.ts';
import { inputNamed, makers, soleReaders } from '../../trace/readers.ts';

const norms = ['PyramidionBatchNormTrainingGrad', 'PyramidionBatchNormStoredGrad'];

/**
 * Lets the gradient of a batch norm make what flows back to it through squeeze and excitation: its dy is the gradient of the
 * weighed map times the channels' weights, plus each image's share of a mean's gradient. `EngineNormGrad`, a batch norm's
 * gradient with the inputs `factor` and `more`, [b, 1, 1, c], and the attribute `stored`.
 */
export function fuseNormGradients(graph: Graph): Graph {
  const [soleReader, maker] = [soleReaders(graph), makers(graph)];
  const made = new Map<Node, Node>();
  const gone = new Set<Node>();
  for (const node of graph.nodes) {
    const dy = norms.includes(node.op) ? inputNamed(node, 'dy') : undefined;
    if (dy === undefined) continue;
    const sum = maker.get(dy);
    const terms = sum?.op === 'Add' ? [inputNamed(sum, 'a'), inputNamed(sum, 'b')] : [dy];
    const alone = (value: Value | undefined, reader: Node | undefined) =>
      value && soleReader(value) === reader ? maker.get(value) : undefined;
    const parts = terms.map((term) => alone(term, sum?.op === 'Add' ? sum : node));
    const scaled = parts.find((part) => part?.op === 'PyramidionScaleChannels');
    const spread = parts.find((part) => part?.op === 'PyramidionSpatialMeanGrad');
    if (!scaled || (terms.length === 2 && !(spread && alone(dy, node)))) continue;
    const [map, factor] = [inputNamed(scaled, 'x'), inputNamed(scaled, 'scale')];
    const more = spread && inputNamed(spread, 'dy');
    if (!map || !factor) continue;
    for (const part of [scaled, spread, terms.length === 2 ? sum : undefined]) if (part) gone.add(part);
    const { dy: _, ...others } = node.inputs as { readonly [name: string]: Value };
    made.set(node, {
      ...node,
      op: 'EngineNormGrad',
      inputs: { dy: map, ...others, factor, ...(more ? { more } : {}) },
      attrs: { ...node.attrs, stored: node.op === 'PyramidionBatchNormStoredGrad' },
    });
  }
  if (made.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => made.get(node) ?? (gone.has(node) ? [] : [node])) };
}
