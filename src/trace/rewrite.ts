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

/** The same graph with other values in the places of all of its own; `other` keeps their kind, and is asked once for each. */
export function withValues({ inputs, nodes, outputs }: Graph, other: (value: Value) => Value): Graph {
  const known = new Map<Value, Value>();
  const of = <V extends Value>(value: V): V => {
    const made = known.get(value) ?? other(value);
    known.set(value, made);
    return made as V;
  };
  return {
    inputs: new Map([...inputs].map(([path, value]) => [path, of(value)])),
    nodes: nodes.map((node) => ({ ...node, inputs: mapInputs(node.inputs, of), outputs: node.outputs.map(of) })),
    outputs: new Map([...outputs].map(([path, value]) => [path, of(value)])),
  };
}
