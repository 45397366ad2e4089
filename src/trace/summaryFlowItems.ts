import type { Value } from './graph.ts';
import { borderOf, dependences, type Lineage, push } from './summaryFlowLineage.ts';

/** Kernels that stand together in a drawing of a model. */
export interface Item {
  /** Kernels by number, in order. */
  readonly nodes: readonly number[];
  /** Of the block or list of blocks that they are all in. */
  readonly place: string;
  /** Last steps of the place, or the first and the last of a run. */
  readonly name: string;
  /** Whether the name says something: it is a block's, not that of the block around it. */
  readonly named: boolean;
  /** How many numbered blocks it has. */
  readonly blocks: number;
}

/** The largest parts of a model that compute one map of one, or join several at one size, by their places. */
export function itemsOf(lines: Lineage): Item[] {
  const items: Item[] = [];
  const split = (nodes: readonly number[], depth: number) => {
    const place = (
      lines
        .node(nodes[0] ?? 0)
        .place.split('/')
        .slice(0, depth) as readonly string[]
    ).join('/');
    const inner = new Map<string, number[]>();
    for (const part of depth === 0 ? [nodes] : partsOf(nodes, lines)) {
      if (depth > 0 && isOne(part, lines)) {
        items.push({ nodes: part, place, name: lastSteps(place), named: true, blocks: numbered(part, depth, lines) });
        continue;
      }
      for (const i of part) {
        const step = lines.node(i).place.split('/')[depth];
        if (step === undefined || lines.node(i).place === '')
          items.push({ nodes: [i], place, name: lastSteps(place), named: false, blocks: 0 });
        else push(inner, step, i);
      }
    }
    for (const list of inner.values()) split(list, depth + 1);
  };
  if (lines.all.length > 0) split(lines.all, 0);
  const first = ({ nodes }: Item) => nodes.at(-1) ?? 0; // an item is ready with its last kernel
  return items.sort((a, b) => first(a) - first(b));
}

/** `stage4`; `cells/0` for a place that ends in a number. */
const lastSteps = (place: string) => /(?:[^/]*\/\d+|[^/]*)$/.exec(place)?.[0] ?? place;

/** Sets of kernels that do not read of each other. */
function partsOf(nodes: readonly number[], lines: Lineage): number[][] {
  const parent = new Map(nodes.map((i) => [i, i]));
  const root = (i: number): number => {
    let at = i;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    parent.set(i, at);
    return at;
  };
  for (const i of nodes)
    for (const value of lines.reads(i)) {
      const maker = lines.maker(value);
      if (maker !== undefined && parent.has(maker)) parent.set(root(i), root(maker));
    }
  const parts = new Map<number, number[]>();
  for (const i of nodes) push(parts, root(i), i);
  return [...parts.values()];
}

/** Whether kernels compute one map of one, over one or two sizes of map, or join maps of several sources at one size. */
function isOne(nodes: readonly number[], lines: Lineage): boolean {
  const { inputs, outputs } = borderOf(nodes, lines);
  const [output] = outputs;
  if (output === undefined || outputs.length > 1 || inputs.length === 0) return false;
  const end = lines.maker(output) ?? -1;
  if (inputs.some((value) => (lines.maker(value) ?? -1) > end)) return false; // it might depend on the output
  const octaves = nodes
    .flatMap((i) => lines.node(i).outputs.map(lines.octave))
    .filter((octave) => octave !== undefined);
  if (new Set(octaves).size > 2) return false;
  if (inputs.length === 1) return true;
  const depends = dependences(nodes, lines);
  const joins = nodes.filter((i) => {
    const own = depends.get(i)?.size ?? 0;
    return lines.reads(i).every((value) => (depends.get(lines.maker(value) ?? -1)?.size ?? 1) < own);
  });
  const made = joins.map((i) => lines.node(i).outputs[0]);
  return output.shape.length === 4 && made.every((value) => value !== undefined && lines.sameSize(value, output));
}

function numbered(nodes: readonly number[], depth: number, lines: Lineage): number {
  const steps = new Set(nodes.map((i) => lines.node(i).place.split('/')[depth] ?? ''));
  return [...steps].filter((step) => /^\d+$/.test(step)).length;
}

/** How items hang together. */
export function link(items: readonly Item[], lines: Lineage) {
  const owners = new Map<number, Item>();
  for (const item of items) for (const i of item.nodes) owners.set(i, item);
  const borders = new Map(
    items.map((item) => {
      const { inputs, outputs } = borderOf(item.nodes, lines);
      const readers = new Set(outputs.flatMap((value) => lines.readers(value).map((i) => owners.get(i))));
      readers.delete(item);
      readers.delete(undefined);
      return [item, { inputs, outputs, readers: readers as Set<Item> }];
    }),
  );
  const none = { inputs: [] as Value[], outputs: [] as Value[], readers: new Set<Item>() };
  return {
    of: (item: Item) => borders.get(item) ?? none,
    /** The item that makes a value; undefined for an input. */
    maker: (value: Value): Item | undefined => owners.get(lines.maker(value) ?? -1),
  };
}
