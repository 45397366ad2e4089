import { type Graph, inputsOf, type Node, type Value } from './graph.ts';

/** The node that alone reads a value, once, if the value is no output; undefined for any other. */
export function soleReaders({ nodes, outputs }: Graph): (value: Value) => Node | undefined {
  const readers = new Map<Value, Node | undefined>();
  for (const node of nodes)
    for (const value of inputsOf(node)) readers.set(value, readers.has(value) ? undefined : node);
  for (const value of outputs.values()) readers.set(value, undefined);
  return (value) => readers.get(value);
}

/** The node that makes a value. */
export function makers({ nodes }: Graph): ReadonlyMap<Value, Node> {
  return new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
}

/** An input by the kernel's own name for it. */
export function inputNamed({ inputs }: Node, name: string): Value | undefined {
  return Object.entries<Value>(inputs).find(([key]) => key === name)?.[1];
}
