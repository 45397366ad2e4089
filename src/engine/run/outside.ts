import type { Held, HostTensor } from '../../trace/target.ts';
import { type Buffer, type Operand, product } from '../plan/emit.ts';
import type { EnginePlan } from '../plan/planner.ts';
import type { Heap } from './heap.ts';
import { bring, copied, type HeldHere, heldAt, isFiniteAt, isHere } from './numbers.ts';

/** What lies outside of the arena in one run: inputs where they are, and room for results. */
export interface Outside {
  /** Address of what lies outside; undefined for what does not. */
  readonly addressOf: (buffer: Buffer) => number | undefined;
  /** Takes copies of what is to be written over and is somebody's, so that nobody's numbers change. */
  readonly spare: () => void;
  /** After the last command. @param at address of an operand */
  readonly results: (at: (operand: Operand) => number) => readonly Held[];
  /** Gives back what was taken, in the place of `results`. */
  readonly free: () => void;
}

/**
 * Puts the inputs of a run where its plan reads them: those in this memory stay where they are, others are copied to a place that
 * is kept for them, or, if the plan writes over them, to a new one.
 *
 * @param staging places that are kept, by buffer; filled as need be
 * @throws RangeError where there is no room; nothing is taken then
 */
export function outsideOf(
  plan: EnginePlan,
  given: readonly (HostTensor | Held)[],
  heap: Heap,
  staging: Map<Buffer, number>,
): Outside {
  const now = new Map<Buffer, number>();
  const holders = new Map<Buffer, HeldHere>(); // of numbers that are written over
  const taken: number[] = [];
  const copies = new Map<number, number>(); // of outputs that are parts of something, or inputs
  const inputs = new Map(plan.inputs.map(({ buffer }, i) => [buffer, i] as const));
  const forms = [...plan.graph.outputs.values()];
  const take = (bytes: number, what: string): number => {
    const at = heap.take(bytes, what);
    taken.push(at);
    return at;
  };
  const put = (buffer: Buffer, one: HostTensor | Held) => {
    const at = take(buffer.bytes, buffer.name);
    bring(heap, at, one);
    now.set(buffer, at);
  };
  const staged = (buffer: Buffer, one: HostTensor | Held) => {
    const at = staging.get(buffer) ?? heap.take(buffer.bytes, buffer.name);
    staging.set(buffer, at);
    bring(heap, at, one);
    now.set(buffer, at);
  };
  const free = () => {
    for (const at of taken) heap.give(at);
  };
  try {
    for (const [i, { buffer }] of plan.inputs.entries()) {
      const one = given[i];
      if (one === undefined) continue;
      const donated = plan.donated.has(i);
      if (isHere(heap, one) && (!donated || (one.alone() && !one.lent))) {
        now.set(buffer, one.address);
        if (donated) holders.set(buffer, one);
      } else if (donated) put(buffer, one);
      else staged(buffer, one);
    }
    for (const [i, { buffer }] of plan.outputs.entries()) {
      const input = inputs.get(buffer);
      if (!plan.outside.has(buffer) || (input !== undefined && !plan.donated.has(input)))
        copies.set(i, take(4 * product(forms[i]?.shape ?? []), 'a result'));
      else if (input === undefined) now.set(buffer, take(buffer.bytes, buffer.name));
    }
  } catch (error) {
    free();
    throw error;
  }

  return {
    addressOf: (buffer) => now.get(buffer),
    spare: () => {
      for (const [buffer, held] of holders) put(buffer, held);
      holders.clear();
    },
    results: (at) =>
      plan.outputs.map((from, i) => {
        const form = forms[i] ?? { shape: [], dtype: 'float32' };
        const copy = copies.get(i);
        if (copy !== undefined) return copied(heap, at(from), copy, form);
        return holders.get(from.buffer)?.again() ?? heldAt(heap, at(from), form);
      }),
    free,
  };
}

/** Whether a plan may write over what it was given: what it tried before is finite. */
export const mayWrite = (
  { graph, outputs, trial }: EnginePlan,
  heap: Heap,
  at: (operand: Operand) => number,
): boolean => {
  const forms = [...graph.outputs.values()];
  return trial.outputs.every((i) => {
    const [from, form] = [outputs[i], forms[i]];
    return from === undefined || form === undefined || isFiniteAt(heap, at(from), form);
  });
};
