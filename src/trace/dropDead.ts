import { type Graph, liveNodes } from './graph.ts';

/** Leaves out nodes that no output needs. */
export function dropDead(graph: Graph): Graph {
  const nodes = liveNodes(graph);
  return nodes.length === graph.nodes.length ? graph : { ...graph, nodes };
}
