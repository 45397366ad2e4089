import { type Graph, inputsOf, type Node, type Value } from '../../trace/graph.ts';
import type { Live } from './live.ts';

/** A stretch of a graph between two narrow places. */
export interface Segment {
  /** Nodes, by number: from, and before which. */
  readonly from: number;
  readonly to: number;
  /** What it makes for later stretches, and gets from earlier ones: it is kept. */
  readonly kept: ReadonlySet<Value>;
  /** Bytes that its results take. */
  readonly bytes: number;
}

/**
 * Parts the nodes before one into stretches whose results take about as many bytes each, at the places near by where the fewest bytes
 * are handed on.
 */
export function segmentsOf({ nodes }: Graph, live: Live, across: number, count: number): readonly Segment[] {
  const last = new Map<Value, number>(); // readers among these nodes
  const results: { readonly value: Value; readonly at: number }[] = [];
  const sums = [0]; // bytes made before a node
  for (let i = 0; i <= across; i++) {
    const node = nodes[i];
    if (node === undefined) break;
    for (const value of inputsOf(node)) last.set(value, i);
    for (const value of node.outputs) results.push({ value, at: i });
    sums.push((sums[i] ?? 0) + node.outputs.reduce((sum, value) => sum + live.sizeOf(value), 0));
  }
  const crossing = new Float64Array(across + 2); // bytes that are handed on over the place before a node
  for (const { value, at } of results) {
    const end = last.get(value) ?? at;
    if (end <= at) continue;
    crossing[at + 1] = (crossing[at + 1] ?? 0) + live.sizeOf(value);
    crossing[end + 1] = (crossing[end + 1] ?? 0) - live.sizeOf(value);
  }
  for (let i = 1; i < crossing.length; i++) crossing[i] = (crossing[i] ?? 0) + (crossing[i - 1] ?? 0);

  const all = sums.at(-1) ?? 0;
  const cuts = [0];
  for (let k = 1; k < count; k++) {
    const [low, high] = [((k - 0.4) * all) / count, ((k + 0.4) * all) / count];
    let best: number | undefined;
    for (let i = (cuts.at(-1) ?? 0) + 1; i <= across && (sums[i] ?? 0) <= high; i++)
      if ((sums[i] ?? 0) >= low && (best === undefined || (crossing[i] ?? 0) < (crossing[best] ?? 0))) best = i;
    if (best !== undefined) cuts.push(best);
  }
  cuts.push(across + 1);
  return cuts.slice(0, -1).map((from, k): Segment => {
    const to = cuts[k + 1] ?? from;
    const kept = new Set<Value>();
    for (const { value, at } of results) {
      const end = last.get(value) ?? at;
      if ((at < from && end >= from) || (at >= from && at < to && end >= to)) kept.add(value);
    }
    return { from, to, kept, bytes: (sums[to] ?? 0) - (sums[from] ?? 0) };
  });
}

/** Multiply-adds of a node, about, and what it writes. */
export function workOf(node: Node): number {
  const numbers = node.outputs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const filter = inputsOf(node).find(({ shape }, i) => i > 0 && shape.length === 4 && (shape[0] ?? 0) <= 11);
  if (filter === undefined || !/Conv|Depthwise|Expand|Squeeze/.test(node.op)) return numbers;
  const [height = 1, width = 1, channels = 1] = filter.shape;
  return numbers * height * width * (/Depthwise/.test(node.op) ? 1 : channels);
}
