import type { Buffer } from './emit.ts';

/** Where buffers lie in an arena: bytes from its start. */
export interface Arena {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<Buffer, number>;
}

/** Buffers begin at multiples of it. */
export const alignment = 64;
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
/** Bytes that a memory gives out where so many are asked for. */
export const granted = (bytes: number): number => Math.max(alignment, aligned(bytes));

/** Commands that need a buffer, the first and the last; from -1 on. */
export interface Span {
  readonly buffer: Buffer;
  first: number;
  last: number;
}

/** In which order buffers are placed: the largest first, or those that take the most bytes for the longest. */
const orders: readonly ((a: Span, b: Span) => number)[] = [
  (a, b) => b.buffer.bytes - a.buffer.bytes,
  (a, b) => b.buffer.bytes * (b.last - b.first + 1) - a.buffer.bytes * (a.last - a.first + 1),
];

/** Of the bytes that are needed at once: an arena of at most so many more is good enough. */
const spare = 0.01;

/**
 * Places buffers so that those which are needed at the same time do not overlap, one after the other, each as low as it can be;
 * of a few orders the one that needs the fewest bytes.
 */
export function arenaFor(spans: readonly Span[]): Arena {
  const least = (1 + spare) * neededAtOnce(spans);
  let best: Arena | undefined;
  for (const order of orders) {
    const arena = placed(spans.toSorted(order));
    if (best === undefined || arena.bytes < best.bytes) best = arena;
    if (best.bytes <= least) break;
  }
  return best ?? { bytes: 0, offsets: new Map() };
}

/** The most bytes that are needed at a command. */
function neededAtOnce(spans: readonly Span[]): number {
  const changes: number[] = [];
  for (const { buffer, first, last } of spans) {
    changes[first + 1] = (changes[first + 1] ?? 0) + aligned(buffer.bytes);
    changes[last + 2] = (changes[last + 2] ?? 0) - aligned(buffer.bytes);
  }
  let [now, most] = [0, 0];
  for (const change of changes) {
    now += change ?? 0;
    most = Math.max(most, now);
  }
  return most;
}

/** A buffer that has its place. */
interface Placed {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

/** Commands of a stretch of them, and stretches that are looked at one by one. */
const stretch = 32;
const few = 3;

/** Each as low as it can be. */
function placed(spans: readonly Span[]): Arena {
  const offsets = new Map<Buffer, number>();
  const all: Placed[] = []; // by `from`
  const stretches: Placed[][] = []; // those that are needed in a stretch of commands, by `from`
  const stretchOf = (step: number) => Math.floor((step + 1) / stretch);
  const near = (first: number, last: number): readonly Placed[] => {
    const [low, high] = [stretchOf(first), stretchOf(last)];
    if (high - low >= few) return all;
    if (low === high) return stretches[low] ?? [];
    return stretches
      .slice(low, high + 1)
      .flat()
      .sort((a, b) => a.from - b.from); // some twice
  };
  let bytes = 0;
  for (const { buffer, first, last } of spans) {
    let from = 0;
    for (const other of near(first, last)) {
      if (other.last < first || other.first > last) continue;
      if (from + buffer.bytes <= other.from) break;
      from = Math.max(from, other.to);
    }
    const one = { first, last, from, to: from + aligned(buffer.bytes) };
    offsets.set(buffer, from);
    insert(all, one);
    for (let i = stretchOf(first); i <= stretchOf(last); i++) {
      const there = stretches[i];
      if (there) insert(there, one);
      else stretches[i] = [one];
    }
    bytes = Math.max(bytes, one.to);
  }
  return { bytes, offsets };
}

/** Puts one where it belongs by `from`. */
function insert(list: Placed[], one: Placed): void {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.from ?? 0) > one.from) high = middle;
    else low = middle + 1;
  }
  list.splice(low, 0, one);
}
