import type { Graph, InputValue, Node, ResultValue, Value } from '../../src/trace/graph.ts';

/** A vector of so many bytes that is given. */
export const input = (name: string, bytes: number): InputValue => ({
  kind: 'input',
  name,
  shape: [bytes / 4],
  dtype: 'float32',
});

/** A node that makes one vector of so many bytes, and that vector. */
export function make(op: string, name: string, bytes: number, ...inputs: readonly Value[]) {
  const made: ResultValue = { kind: 'result', name, shape: [bytes / 4], dtype: 'float32' };
  const node: Node = { op, inputs, attrs: {}, outputs: [made], place: '' };
  return { node, made };
}

export const graphOf = (
  inputs: readonly InputValue[],
  nodes: readonly { readonly node: Node }[],
  outputs: { readonly [name: string]: Value },
): Graph => ({
  inputs: new Map(inputs.map((value) => [value.name, value])),
  nodes: nodes.map(({ node }) => node),
  outputs: new Map(Object.entries(outputs)),
});

/** What the nodes make, by name, in their order. */
export const namesIn = ({ nodes }: Graph): readonly string[] => nodes.map(({ outputs }) => outputs[0]?.name ?? '');
