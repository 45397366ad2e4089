import type { Value } from '../../trace/graph.ts';
import type { Buffer, Command, Layout, Operand } from './emit.ts';

/** A command, and the node that it is of. */
export interface Step extends Command {
  /** Where the block is in the model. */
  readonly place: string;
  /** Shape of what it makes, for the text of a plan. */
  readonly shape: readonly number[] | undefined;
}

/** Commands in order, and the bytes that they share one arena for. */
export interface Section {
  readonly steps: Step[];
  /** Buffers of the arena. What is not there lies elsewhere. */
  readonly buffers: Set<Buffer>;
  /** Where values are. */
  readonly places: Map<Value, Map<Layout, Operand>>;
  /** Numbers that are copied in before the first command. */
  readonly given: Map<Value, Operand>;
  /** Numbers that are known when it is planned. */
  readonly constants: Map<Buffer, Float32Array | Int32Array>;
  /** What is read after the last command. */
  readonly taken: Set<Buffer>;
}

export const section = (): Section => ({
  steps: [],
  buffers: new Set(),
  places: new Map(),
  given: new Map(),
  constants: new Map(),
  taken: new Set(),
});

const isOperand = (word: unknown): word is Operand => typeof word === 'object' && word !== null && 'buffer' in word;

/** Buffers that a command reads or writes. */
export const buffersOf = ({ words }: Command): readonly Buffer[] => words.filter(isOperand).map(({ buffer }) => buffer);

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

interface Span {
  readonly buffer: Buffer;
  /** Commands that need it, the first and the last. */
  first: number;
  last: number;
}

/** In which order buffers are placed: the largest first, or those that take the most bytes for the longest. */
const orders: readonly ((a: Span, b: Span) => number)[] = [
  (a, b) => b.buffer.bytes - a.buffer.bytes,
  (a, b) => b.buffer.bytes * (b.last - b.first + 1) - a.buffer.bytes * (a.last - a.first + 1),
];

/**
 * Places buffers so that those which are needed at the same time do not overlap, one after the other, each as low as it can be;
 * of a few orders the one that needs the fewest bytes. What is given is needed from the start, what is taken to the end.
 */
export function arenaOf({ steps, buffers, given, constants, taken }: Section): Arena {
  const spans = new Map<Buffer, Span>();
  for (const buffer of [...[...given.values()].map(({ buffer }) => buffer), ...constants.keys()])
    spans.set(buffer, { buffer, first: -1, last: -1 });
  for (const [i, step] of steps.entries())
    for (const buffer of buffersOf(step)) {
      const span = spans.get(buffer);
      if (span) span.last = i;
      else spans.set(buffer, { buffer, first: i, last: i });
    }
  for (const buffer of taken) {
    const span = spans.get(buffer);
    if (span) span.last = steps.length;
  }
  const needed = [...spans.values()].filter(({ buffer }) => buffers.has(buffer));
  return orders
    .map((order) => placed(needed.toSorted(order)))
    .reduce((least, other) => (other.bytes < least.bytes ? other : least));
}

/** Each as low as it can be. */
function placed(spans: readonly Span[]): Arena {
  const offsets = new Map<Buffer, number>();
  const others: { first: number; last: number; from: number; to: number }[] = []; // by `from`
  let bytes = 0;
  for (const { buffer, first, last } of spans) {
    let from = 0;
    for (const other of others) {
      if (other.last < first || other.first > last) continue;
      if (from + buffer.bytes <= other.from) break;
      from = Math.max(from, other.to);
    }
    const to = from + aligned(buffer.bytes);
    offsets.set(buffer, from);
    const at = others.findIndex((other) => other.from > from);
    others.splice(at < 0 ? others.length : at, 0, { first, last, from, to });
    bytes = Math.max(bytes, to);
  }
  return { bytes, offsets };
}

/** Words of the commands, once every buffer has an address. */
export function encode(steps: readonly Command[], addressOf: (buffer: Buffer) => number): Int32Array<ArrayBuffer> {
  const words = new Int32Array(steps.reduce((sum, step) => sum + step.words.length + 2, 0));
  const floats = new Float32Array(words.buffer);
  let at = 0;
  for (const { code, words: given } of steps) {
    words[at] = code;
    words[at + 1] = given.length + 2;
    at += 2;
    for (const word of given) {
      if (word === undefined) words[at] = 0;
      else if (typeof word === 'number') words[at] = word;
      else if (isOperand(word)) words[at] = addressOf(word.buffer) + word.offset;
      else floats[at] = word.float;
      at++;
    }
  }
  return words;
}
