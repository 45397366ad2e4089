import { type Graph, inputsOf, type Node, namesOf, type ResultValue, type Value } from '../../trace/graph.ts';
import { uniqueNames } from '../../trace/names.ts';
import { makers } from '../../trace/readers.ts';
import { reading } from '../../trace/rewrite.ts';
import { again, readsAgain } from './cheap.ts';
import type { Live } from './live.ts';

/** Numbers of values that are not worth the thought. */
const few = 4096;

export interface ChooseOptions {
  /** Which of a node's results may be made again. */
  readonly may: (node: Node, value: Value) => boolean;
  /** What is kept besides. Default nothing. */
  readonly needed?: Iterable<Value>;
}

/**
 * What is made again instead of being kept across a node: of the values that are live there and read later, those that others which
 * are kept anyway, or fewer bytes of them, can make. So at best the fewest bytes are kept.
 */
export function chooseAgain(
  graph: Graph,
  live: Live,
  across: number,
  { may, needed: besides = [] }: ChooseOptions,
): ReadonlySet<Value> {
  const made = makers(graph);
  const needed = new Set<Value>(besides);
  for (const node of graph.nodes.slice(across + 1))
    for (const value of inputsOf(node)) if (isBefore(live, value, across)) needed.add(value);
  const costs = new Map<Value, number>();
  /** Bytes that are kept if a value is to be there later. */
  const costOf = (value: Value): number => {
    if (needed.has(value)) return 0;
    const known = costs.get(value);
    if (known !== undefined) return known;
    const bytes = live.sizeOf(value);
    costs.set(value, bytes); // while its own inputs are looked at
    const node = made.get(value);
    const cost = bytes > 0 && node && may(node, value) ? Math.min(bytes, sumOf(readsAgain(node))) : bytes;
    costs.set(value, cost);
    return cost;
  };
  const sumOf = (values: readonly Value[]) => [...new Set(values)].reduce((sum, value) => sum + costOf(value), 0);
  const chosen = new Set<Value>();
  for (const node of graph.nodes.slice(0, across + 1).reverse())
    for (const value of node.outputs) {
      if (!needed.has(value) || !may(node, value) || live.sizeOf(value) < few) continue;
      const reads = readsAgain(node);
      if (sumOf(reads) >= live.sizeOf(value)) continue;
      chosen.add(value);
      for (const read of reads)
        if (isBefore(live, read, across)) {
          needed.add(read);
          costs.clear();
        }
    }
  return chosen;
}

const isBefore = (live: Live, value: Value, across: number): boolean => {
  const span = live.spanOf(value);
  return span !== undefined && span[0] <= across;
};

/** Makes values again where they are read after a node for the first time; what is read before that stays the first one. */
export function recomputed(graph: Graph, chosen: ReadonlySet<Value>, across: number): Graph {
  if (chosen.size === 0) return graph;
  const made = makers(graph);
  const unique = uniqueNames(namesOf(graph));
  const copies = new Map<Value, ResultValue>();
  const nodes: Node[] = graph.nodes.slice(0, across + 1);
  const copyOf = (value: Value): Value => {
    const known = copies.get(value);
    const node = made.get(value);
    if (known || !chosen.has(value) || node === undefined) return known ?? value;
    const outputs = node.outputs.map((output) => ({ ...output, name: unique(`${output.name} again`) }));
    const clone = reading(again(node, outputs), copyOf);
    nodes.push(clone);
    for (const [i, output] of node.outputs.entries()) {
      const copy = clone.outputs[i];
      if (copy && chosen.has(output)) copies.set(output, copy);
    }
    return copies.get(value) ?? value;
  };
  for (const node of graph.nodes.slice(across + 1)) nodes.push(reading(node, copyOf));
  return { ...graph, nodes };
}
