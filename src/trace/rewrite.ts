import { mapInputs } from '../tfjs/abstractInputs.ts';
import type { Graph, Node, Value } from './graph.ts';

/** The same kernel, reading other values. The same object where nothing changes. */
export function reading(node: Node, other: (value: Value) => Value): Node {
  let changed = false;
  const inputs = mapInputs(node.inputs, (value) => {
    const read = other(value);
    changed ||= read !== value;
    return read;
  });
  return changed ? { ...node, inputs } : node;
}

/** The same graph, in which nodes and outputs read other values. */
export const rereading = ({ inputs, nodes, outputs }: Graph, other: (value: Value) => Value): Graph => ({
  inputs,
  nodes: nodes.map((node) => reading(node, other)),
  outputs: new Map([...outputs].map(([path, value]) => [path, other(value)])),
});
