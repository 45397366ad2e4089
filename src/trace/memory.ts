import { bytesOf, isView } from '../tfjs/abstractBytes.ts';
import { fixedNodes, isStored } from './fixed.ts';
import { type Graph, inputsOf, liveNodes, type Node, type Value } from './graph.ts';

/** Bytes that a graph needs besides its weights, and besides what is made of weights and constants alone and kept. */
export interface Memory {
  /** The most that are needed at once where each value is freed after its last use. Inputs and outputs stay. */
  readonly peakBytes: number;
  /** The kernel at which that happens, and where it runs; undefined for a graph without kernels. */
  readonly peakAt: { readonly op: string; readonly place: string } | undefined;
  /** What everything together needs where nothing is freed before the end, and nothing is kept from run to run. */
  readonly allBytes: number;
}

const bytes = ({ shape, dtype }: Value) => bytesOf(shape, dtype);

/** Follows which values are live from kernel to kernel. A reshaped value is its original. */
export function memoryOf(graph: Graph): Memory {
  const nodes = liveNodes(graph);
  const originals = new Map<Value, Value>();
  const original = (value: Value) => originals.get(value) ?? value;
  for (const node of nodes) {
    const [from, [to]] = [inputsOf(node)[0], node.outputs];
    if (from && to && isView(node.op, from.dtype, to.dtype)) originals.set(to, original(from));
  }

  const kept = fixedNodes(graph, isStored);
  const standing = new Set<Value>([...kept].flatMap((node) => node.outputs));
  const last = new Map<Value, Node>();
  for (const node of nodes) for (const value of inputsOf(node)) last.set(original(value), node);
  for (const value of graph.outputs.values()) last.delete(original(value));
  const dying = new Map<Node, Value[]>();
  for (const [value, node] of last)
    if (value.kind === 'result' && !standing.has(value)) dying.set(node, [...(dying.get(node) ?? []), value]);
  const wanted = new Set<Value>([...last.keys(), ...[...graph.outputs.values()].map(original)]);

  let live = [...graph.inputs.values()].reduce((sum, value) => sum + bytes(value), 0);
  let [peakBytes, allBytes] = [live, live];
  let peakAt: Memory['peakAt'];
  for (const node of nodes) {
    const own = node.outputs.filter((value) => !originals.has(value));
    const made = own.reduce((sum, value) => sum + bytes(value), 0);
    allBytes += made;
    if (kept.has(node)) continue;
    live += made;
    if (live > peakBytes || peakAt === undefined) {
      peakBytes = Math.max(peakBytes, live);
      peakAt = { op: node.op, place: node.place };
    }
    const unread = own.filter((value) => !wanted.has(value));
    for (const value of [...unread, ...(dying.get(node) ?? [])]) live -= bytes(value);
  }
  return { peakBytes, peakAt, allBytes };
}
