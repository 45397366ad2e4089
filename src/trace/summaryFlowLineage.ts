import { type Graph, inputsOf, type Node, type Value } from './graph.ts';

/** Adds to a list in a map. */
export function push<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** Which kernels of a graph depend on its inputs, and on each other. */
export type Lineage = ReturnType<typeof lineage>;

const sizeOf = ({ shape }: Value) => (shape.length === 4 ? `${shape[1]}x${shape[2]}` : '');

export function lineage(graph: Graph, nodes: readonly Node[]) {
  const data = new Set<Value>(graph.inputs.values());
  const makers = new Map<Value, number>();
  const readers = new Map<Value, number[]>();
  const reads = nodes.map((node, i): readonly Value[] => {
    const given = [...new Set(inputsOf(node).filter((value) => data.has(value)))];
    if (given.length > 0) for (const output of node.outputs) data.add(output);
    for (const output of node.outputs) makers.set(output, i);
    for (const value of given) push(readers, value, i);
    return given;
  });
  const ends = new Set<Value>(graph.outputs.values());
  const [reference] = [...graph.inputs.values()].filter(({ shape }) => shape.length === 4);
  const side = ([, height = 1, width = 1]: readonly number[]) => Math.sqrt(height * width);
  return {
    /** Numbers of the kernels that depend on an input. */
    all: [...nodes.keys()].filter((i) => (reads[i] ?? []).length > 0),
    node: (i: number): Node => nodes[i] as Node, // of its own numbers
    /** Values of a kernel that depend on an input, each once. */
    reads: (i: number): readonly Value[] => reads[i] ?? [],
    readers: (value: Value): readonly number[] => readers.get(value) ?? [],
    /** The kernel that makes a value, undefined for an input. */
    maker: (value: Value): number | undefined => makers.get(value),
    isEnd: (value: Value): boolean => ends.has(value),
    sameSize: (a: Value, b: Value): boolean => sizeOf(a) === sizeOf(b),
    /** How often a map has been halved; undefined for what is no map or a single cell. */
    octave({ shape }: Value): number | undefined {
      if (shape.length !== 4 || shape[1] === 1 || shape[2] === 1) return undefined;
      return Math.round(Math.log2(side(reference?.shape ?? shape) / side(shape)));
    },
  };
}

/** What a set of kernels reads from outside, and what others read of it. */
export function borderOf(nodes: readonly number[], lines: Lineage) {
  const inside = new Set(nodes);
  const inputs = new Set<Value>();
  const outputs: Value[] = [];
  for (const i of nodes) {
    for (const value of lines.reads(i)) {
      const maker = lines.maker(value);
      if (maker === undefined || !inside.has(maker)) inputs.add(value);
    }
    for (const value of lines.node(i).outputs)
      if (lines.isEnd(value) || lines.readers(value).some((reader) => !inside.has(reader))) outputs.push(value);
  }
  return { inputs: [...inputs], outputs };
}

/** Which of the inputs of a set of kernels each of them depends on. */
export function dependences(nodes: readonly number[], lines: Lineage): Map<number, ReadonlySet<Value>> {
  const found = new Map<number, ReadonlySet<Value>>();
  for (const i of nodes) {
    const own = new Set<Value>();
    for (const value of lines.reads(i)) {
      const before = found.get(lines.maker(value) ?? -1);
      if (before) for (const input of before) own.add(input);
      else own.add(value);
    }
    found.set(i, own);
  }
  return found;
}
