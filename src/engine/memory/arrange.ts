import { fixedValues } from '../../trace/fixed.ts';
import type { Graph, Node, Value } from '../../trace/graph.ts';
import type { Donated } from '../../trace/target.ts';
import { pairsOf } from '../plan/donate.ts';
import { canAgain, isCheap } from './cheap.ts';
import { type Live, liveIn } from './live.ts';
import { freeingEarly, type Overwriting } from './order.ts';
import { chooseAgain, recomputed } from './recompute.ts';
import { type Segment, segmentsOf, workOf } from './segments.ts';

/**
 * What is made again where it is read late, instead of being kept: `auto`, what costs little, and stretches of the graph where it would
 * need too many bytes otherwise; `all`, whatever saves bytes; `none`.
 */
export type Recompute = 'auto' | 'none' | 'all';

/** Times that what is needed at the fullest moment is looked at again. */
const rounds = 3;
/** Of the bytes that are needed: what a round must save to be worth it. */
const gain = 0.05;
/** Into how many stretches a graph is parted: the first that does. */
const counts = [8, 16, 4, 24, 2, 12, 32, 3, 6];

/** A graph in its order, and what it needs of an arena. */
export interface Arranged {
  readonly graph: Graph;
  readonly live: Live;
}

/** What holds for a graph in whichever order. */
interface Known {
  readonly donated: Donated | undefined;
  readonly isFixed: (value: Value) => boolean;
}

export interface ArrangeOptions {
  readonly donated?: Donated | undefined;
  readonly recompute: Recompute;
  /** Bytes that there are for the arena. */
  readonly most: number;
}

/** Brings a graph into an order, and makes values again, so that it needs few bytes at once. The numbers are the same, bit by bit. */
export function arranged(graph: Graph, { donated, recompute, most }: ArrangeOptions): Arranged {
  const known = { donated, isFixed: fixedValues(graph) };
  const plain = ordered(graph, known);
  if (recompute === 'none') return plain;
  const light = cheaply(plain, known);
  if (recompute === 'auto' && light.live.peak <= most) return light;
  return inSegments(plain, light, { known, most: recompute === 'all' ? 0 : most });
}

function ordered(graph: Graph, { donated, isFixed }: Known): Arranged {
  const early = freeingEarly(graph, liveIn(graph, isFixed), overwritingIn(graph, donated));
  return { graph: early, live: liveIn(early, isFixed) };
}

/** Makes again what is cheap. */
function cheaply(from: Arranged, known: Known): Arranged {
  let best = from;
  for (let round = 0; round < rounds; round++) {
    const { graph, live } = best;
    const chosen = chooseAgain(graph, live, live.at, { may: isCheap });
    const saved = [...chosen].reduce((sum, value) => sum + live.sizeOf(value), 0); // at most
    if (saved < gain * live.peak) return best;
    const next = ordered(recomputed(graph, chosen, live.at), known);
    if (next.live.peak > (1 - gain) * live.peak) return best;
    best = next;
  }
  return best;
}

/** Makes stretches of the graph again: those that save the most bytes for their work, as many as it takes. */
function inSegments(plain: Arranged, light: Arranged, { known, most }: { known: Known; most: number }): Arranged {
  const { graph, live } = plain;
  const across = live.at;
  const made = (taken: readonly Segment[]): Arranged => {
    const kept = new Set(taken.flatMap((segment) => [...segment.kept]));
    const inside = new Set<Node>(taken.flatMap(({ from, to }) => graph.nodes.slice(from, to)));
    const may = (node: Node, value: Value) =>
      !kept.has(value) && (isCheap(node, value) || (inside.has(node) && canAgain(node, value)));
    const chosen = chooseAgain(graph, live, across, { may, needed: kept });
    return cheaply(ordered(recomputed(graph, chosen, across), known), known);
  };
  let best = light;
  let segments: readonly Segment[] = [];
  for (const count of counts) {
    const parts = segmentsOf(graph, live, across, count);
    const next = made(parts);
    if (next.live.peak >= best.live.peak) continue;
    [best, segments] = [next, parts];
    if (best.live.peak <= most) break;
  }
  if (best.live.peak > most) return best; // as few bytes as it can do with
  const costs = new Map(
    segments.map((segment) => {
      const work = graph.nodes.slice(segment.from, segment.to).reduce((sum, node) => sum + workOf(node), 1);
      return [segment, work / segment.bytes] as const;
    }),
  );
  const byCost = segments.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
  let [low, high] = [0, byCost.length]; // all will do
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    const next = made(byCost.slice(0, middle));
    if (next.live.peak <= most) [best, high] = [next, middle];
    else low = middle;
  }
  return best;
}

/** What is written over, and what must be there before. */
function overwritingIn({ inputs, outputs }: Graph, donated: Donated | undefined): Overwriting {
  const over = new Map<Value, Value>();
  const [given, made] = [[...inputs.values()], [...outputs.values()]];
  for (const { input, output } of pairsOf(inputs, outputs, donated?.names ?? new Set())) {
    const [from, to] = [given[input], made[output]];
    if (from && to) over.set(to, from);
  }
  const first = new Set([...outputs].flatMap(([name, value]) => (donated?.ifFinite.has(name) ? [value] : [])));
  return { over, first };
}
