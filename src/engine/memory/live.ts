import { type Graph, inputsOf, type Value } from '../../trace/graph.ts';
import { bytesIn } from '../plan/planner.ts';

/** Kernels whose result is what they are given, seen otherwise. */
const views = new Set(['Identity', 'Reshape', 'ExpandDims', 'Squeeze', 'Flatten']);

/** Bytes of a value in an arena, about: maps of float32 are taken for blocked. */
const bytesOf = (value: Value): number =>
  bytesIn(value, value.shape.length === 4 && value.dtype === 'float32' ? 'blocked' : 'plain');

/** What a graph's nodes need of an arena, in their order. */
export interface Live {
  /** Bytes at each node. */
  readonly bytes: readonly number[];
  /** The most of them, and where that is first. */
  readonly peak: number;
  readonly at: number;
  /** Bytes of a value; 0 for what is no part of an arena. */
  readonly sizeOf: (value: Value) => number;
  /** The nodes, by number, that make a value and read it last. */
  readonly spanOf: (value: Value) => readonly [first: number, last: number] | undefined;
}

/**
 * Follows which results are live from node to node. Inputs, outputs and what weights alone make lie elsewhere. A view is its original.
 *
 * @param isFixed what weights alone make
 */
export function liveIn({ nodes, outputs }: Graph, isFixed: (value: Value) => boolean): Live {
  const origins = new Map<Value, Value>();
  const origin = (value: Value) => origins.get(value) ?? value;
  const given = new Set(outputs.values());
  const spans = new Map<Value, [number, number]>();
  for (const [i, node] of nodes.entries()) {
    const inputs = inputsOf(node);
    const [from] = inputs;
    if (from && views.has(node.op) && from.dtype === node.outputs[0]?.dtype)
      for (const value of node.outputs) origins.set(value, origin(from));
    for (const value of node.outputs) if (!origins.has(value) && !isFixed(value)) spans.set(value, [i, i]);
    for (const value of inputs) {
      const span = spans.get(origin(value));
      if (span) span[1] = i;
    }
  }
  const sizeOf = (value: Value) => (spans.has(value) && !given.has(value) ? bytesOf(value) : 0);
  const changes = new Float64Array(nodes.length + 1);
  for (const [value, [first, last]] of spans) {
    const bytes = sizeOf(value);
    changes[first] = (changes[first] ?? 0) + bytes;
    changes[last + 1] = (changes[last + 1] ?? 0) - bytes;
  }
  const bytes: number[] = [];
  let [now, peak, at] = [0, 0, 0];
  for (let i = 0; i < nodes.length; i++) {
    now += changes[i] ?? 0;
    bytes.push(now);
    if (now > peak) [peak, at] = [now, i];
  }
  return { bytes, peak, at, sizeOf, spanOf: (value) => spans.get(origin(value)) };
}
