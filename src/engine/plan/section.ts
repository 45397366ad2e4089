import type { Value } from '../../trace/graph.ts';
import { type Arena, arenaFor, type Span } from './arena.ts';
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
export function buffersOf({ words }: Command): readonly Buffer[] {
  const buffers: Buffer[] = [];
  for (const word of words) if (isOperand(word)) buffers.push(word.buffer);
  return buffers;
}

/**
 * Places buffers so that those which are needed at the same time do not overlap. What is given is needed from the start, what is
 * taken to the end.
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
  return arenaFor([...spans.values()].filter(({ buffer }) => buffers.has(buffer)));
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
