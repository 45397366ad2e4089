import { type Graph, inputsOf, liveNodes, type Value } from './graph.ts';
import type { BlockCall } from './record.ts';
import { contract } from './summaryFlowContract.ts';
import { type Item, itemsOf, link } from './summaryFlowItems.ts';
import { dependences, type Lineage, lineage } from './summaryFlowLineage.ts';
import { shortened, stepTexts } from './summaryFlowText.ts';
import { type LevelSummary, levelsOf } from './summaryTree.ts';
import { multiplyAdds } from './work.ts';

/** A station on the way of the maps. */
export interface FlowNode {
  /**
   * `block` computes one map of one, `fusion` one of several; `step` makes a map larger or smaller without weights, for
   * several readers; `input` and `output` are the ends.
   */
  readonly kind: 'input' | 'block' | 'fusion' | 'step' | 'output';
  /** Last step of its place, `stage4`; of a run of layers the first and the last; of an end its name. */
  readonly name: string;
  /** Where it is in the model; empty at the root and for ends. Several may share one: `neck/lift`, once a level. */
  readonly place: string;
  /** Shape of what it gives. */
  readonly shape: readonly number[];
  /** What it computes once its inputs meet, `conv 3x3`; where that is long, how many of the two most frequent kinds. */
  readonly steps: readonly string[];
  /** Numbered blocks or layers that it consists of; 0 where there are none. */
  readonly blocks: number;
  /** Numbers that it reads, statistics too. What several stations share is counted at each. */
  readonly weights: number;
  readonly macs: number;
}

/** A map that goes from one station to another. */
export interface FlowEdge {
  /** Indices of nodes. */
  readonly from: number;
  readonly to: number;
  /** Shape of what is given, before any steps. */
  readonly shape: readonly number[];
  /** What happens on the way: `nearest x2`, `max pool 3x3`. */
  readonly steps: readonly string[];
}

/** How maps go through a model, block by block. Plain data. */
export interface Flow {
  /** In the order in which they run: inputs first, outputs last. */
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  /** Maps that blocks give by name, each name and size once: `C3`, `P3`. */
  readonly levels: readonly LevelSummary[];
}

/** Reads the flow off a traced graph and the places of its kernels. Works for any function; blocks give better names. */
export function flowOf(graph: Graph, calls: readonly BlockCall[], numbersIn: (value: Value) => number): Flow {
  const lines = lineage(graph, liveNodes(graph));
  const items = contract(itemsOf(lines), lines);
  const links = link(items, lines);
  const kinds = kindsOf(items, links, lines, numbersIn);

  const nodes: FlowNode[] = [];
  const edges = new Map<string, FlowEdge>();
  const index = new Map<Item | Value, number>();
  const end = { place: '', steps: [], blocks: 0, weights: 0, macs: 0 };
  /** From the station that a map comes from, back along the ways. */
  const lead = (value: Value, to: number, steps: readonly string[]): void => {
    const item = links.maker(value);
    if (item && !index.has(item)) {
      const own = stepTexts(item.nodes.map(lines.node));
      const told = own.length === 0 && item.named ? [item.name] : own;
      for (const given of links.of(item).inputs) lead(given, to, [...told.slice(0, 3), ...steps]);
      return;
    }
    const from = index.get(item ?? value);
    if (from !== undefined) edges.set(`${from} ${to} ${steps}`, { from, to, shape: value.shape, steps });
  };

  for (const value of graph.inputs.values())
    if (lines.isEnd(value) || lines.readers(value).length > 0)
      index.set(value, nodes.push({ kind: 'input', name: value.name, shape: value.shape, ...end }) - 1);
  for (const item of items) {
    const kind = kinds.get(item);
    if (kind === undefined) continue;
    const { inputs, outputs } = links.of(item);
    const depends = dependences(item.nodes, lines);
    const texts = (which: (from: ReadonlySet<Value>) => boolean) =>
      stepTexts(item.nodes.filter((i) => which(depends.get(i) ?? new Set())).map(lines.node));
    const steps = texts((from) => from.size === inputs.length);
    const read = new Set(item.nodes.flatMap((i) => inputsOf(lines.node(i))));
    const to = nodes.push({
      kind,
      name: item.name,
      place: item.place,
      shape: outputs[0]?.shape ?? [],
      steps: shortened(steps),
      blocks: item.blocks,
      weights: [...read].reduce((sum, value) => sum + numbersIn(value), 0),
      macs: macsOf(item, lines),
    });
    index.set(item, to - 1);
    for (const value of inputs)
      lead(value, to - 1, inputs.length > 1 ? texts((from) => from.size === 1 && from.has(value)) : []);
  }
  for (const [name, value] of graph.outputs)
    lead(value, nodes.push({ kind: 'output', name, shape: value.shape, ...end }) - 1, []);
  return { nodes, edges: [...edges.values()], levels: namedMaps(calls) };
}

type Links = ReturnType<typeof link>;
const macsOf = ({ nodes }: Item, lines: Lineage) => nodes.reduce((sum, i) => sum + multiplyAdds(lines.node(i)), 0);

/** What items are stations, and of which kind; the others are on the way between those. */
function kindsOf(items: readonly Item[], links: Links, lines: Lineage, numbersIn: (value: Value) => number) {
  const kinds = new Map<Item, FlowNode['kind']>();
  for (const item of items) {
    const { inputs, outputs, readers } = links.of(item);
    const [input, output] = [inputs[0], outputs[0]];
    if (input === undefined || output === undefined) continue;
    const isMap = output.shape.length === 4;
    if (inputs.length > 1) {
      const onlyEnds = readers.size === 0 && !isMap; // lists of all levels: the output itself stands for it
      if (!onlyEnds) kinds.set(item, 'fusion');
    } else if (macsOf(item, lines) > 0 || item.nodes.some((i) => inputsOf(lines.node(i)).some((v) => numbersIn(v) > 0)))
      kinds.set(item, 'block');
    else if (isMap && readers.size > 1 && !lines.sameSize(input, output)) kinds.set(item, 'step');
  }
  // A projection that only a fusion or a step reads is on the way to it, where all blocks of its place are.
  const readerOf = (item: Item): Item | undefined => {
    const [reader, ...others] = links.of(item).readers;
    if (reader === undefined || others.length > 0) return undefined;
    return kinds.has(reader) ? reader : readerOf(reader);
  };
  const small = (item: Item) => {
    const kind = kinds.get(readerOf(item) ?? item);
    return (kind === 'fusion' || kind === 'step') && `${stepTexts(item.nodes.map(lines.node))}` === 'conv 1x1';
  };
  const large = new Set(items.filter((item) => !small(item)).map(({ place }) => place));
  for (const item of items) if (kinds.get(item) === 'block' && !large.has(item.place)) kinds.delete(item);
  return kinds;
}

/** Maps by name, coarser ones later; a name that has several sizes has several entries. */
function namedMaps(calls: readonly BlockCall[]): LevelSummary[] {
  const found = new Map(
    calls.flatMap(({ output }) => levelsOf(output)).map((level) => [`${level.name} ${level.shape.slice(0, 3)}`, level]),
  );
  return [...found.values()];
}
