import { type Graph, inputsOf, type Node, type Value } from '../../trace/graph.ts';
import { makers } from '../../trace/readers.ts';
import { isElementwise } from './chain.ts';

/**
 * Moves what only makes results, number by number, to where the last of its inputs is made: a weight moves as soon as its
 * gradient is there, which is still in the cache then and needs its bytes no longer.
 */
export function updateEarly(graph: Graph): Graph {
  const made = makers(graph);
  const late = onlyForResults(graph);
  const places = new Map<Node, number>();
  for (const [i, node] of graph.nodes.entries()) {
    const before = inputsOf(node).map((value) => places.get(made.get(value) ?? node) ?? -1);
    const last = Math.max(-1, ...before);
    places.set(node, late.has(node) && last >= 0 ? last : i);
  }
  const placeOf = (node: Node) => places.get(node) ?? 0;
  // Of one place whoever stood there comes first; the sort keeps the order of the others.
  const nodes = graph.nodes.toSorted((a, b) => placeOf(a) - placeOf(b));
  return { ...graph, nodes };
}

/** Elementwise nodes that only such nodes read, and the results of the graph. */
function onlyForResults({ nodes }: Graph): ReadonlySet<Node> {
  const needed = new Set<Value>(); // by anything else
  const late = new Set<Node>();
  for (const node of nodes.toReversed()) {
    const byNumber = isElementwise(node) || node.op === 'EngineChain';
    if (byNumber && !node.outputs.some((value) => needed.has(value))) late.add(node);
    else for (const value of inputsOf(node)) needed.add(value);
  }
  return late;
}
