import { type Graph, inputsOf, type Node, type Value } from '../../trace/graph.ts';
import type { Live } from './live.ts';

/** Bytes that are not worth the thought. */
const few = 4096;

/** What must not run early. */
export interface Overwriting {
  /** What is written over by the node that makes a value: nobody may read it afterwards. */
  readonly over: ReadonlyMap<Value, Value>;
  /** Values that are made before anything is written over. */
  readonly first: ReadonlySet<Value>;
}

/**
 * Brings nodes forward to where all is there that they read, if they free as many bytes as they take: an optimizer's update of a
 * weight then follows its gradient, which is freed, instead of waiting for all of them.
 */
export function freeingEarly(graph: Graph, live: Live, { over, first }: Overwriting): Graph {
  const { nodes } = graph;
  const readers = new Map<Value, number[]>();
  const waits = nodes.map(() => 0); // values that a node needs and that are not made, and readers that it has to wait for
  const add = (value: Value, i: number) => {
    const known = readers.get(value);
    if (known === undefined) readers.set(value, [i]);
    else if (known.at(-1) !== i) known.push(i);
  };
  const made = new Set<Value>(nodes.flatMap(({ outputs }) => outputs));
  const count = (i: number, by: number) => {
    waits[i] = (waits[i] ?? 0) + by;
  };
  for (const [i, node] of nodes.entries())
    for (const value of new Set(inputsOf(node))) {
      add(value, i);
      if (made.has(value)) count(i, 1);
    }
  const after = new Map<number, number[]>(); // readers of what a node writes over, and who waits for them
  const trial: number[] = []; // nodes that wait for `first`
  for (const [i, node] of nodes.entries())
    for (const value of node.outputs) {
      const under = over.get(value);
      if (under === undefined) continue;
      trial.push(i);
      count(i, 1);
      for (const reader of readers.get(under) ?? [])
        if (reader !== i) {
          after.set(reader, [...(after.get(reader) ?? []), i]);
          count(i, 1);
        }
    }
  const left = new Map<Value, number>(); // readers that have not run
  for (const [value, of] of readers) left.set(value, of.length);
  let untried = nodes.filter(({ outputs }) => outputs.some((value) => first.has(value))).length;

  const done = nodes.map(() => false);
  const ordered: Node[] = [];
  const isSmall = (value: Value) => live.sizeOf(value) < few;
  const frees = (i: number): boolean => {
    const node = nodes[i];
    if (node === undefined) return false;
    const taken = node.outputs.reduce((sum, value) => sum + (isSmall(value) ? 0 : live.sizeOf(value)), 0);
    let freed = 0;
    for (const value of new Set(inputsOf(node))) if (left.get(value) === 1) freed += live.sizeOf(value);
    return taken === 0 || freed > taken;
  };
  const run = (start: number) => {
    const queue = [start];
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      const node = nodes[i];
      if (node === undefined || done[i]) continue;
      if (i !== start && ((waits[i] ?? 0) > 0 || !frees(i))) continue;
      done[i] = true;
      ordered.push(node);
      for (const value of node.outputs)
        for (const reader of readers.get(value) ?? []) {
          count(reader, -1);
          queue.push(reader);
        }
      for (const value of new Set(inputsOf(node))) {
        const rest = (left.get(value) ?? 0) - 1;
        left.set(value, rest);
        if (rest === 1) queue.push(...(readers.get(value) ?? []).filter((reader) => !done[reader]));
      }
      for (const waiting of after.get(i) ?? []) {
        count(waiting, -1);
        queue.push(waiting);
      }
      if (node.outputs.some((value) => first.has(value)) && --untried === 0)
        for (const waiting of trial) {
          count(waiting, -1);
          queue.push(waiting);
        }
    }
  };
  if (untried === 0) for (const waiting of trial) count(waiting, -1);
  for (const i of nodes.keys()) run(i);
  return { ...graph, nodes: ordered };
}
