import type { Value } from '../../trace/graph.ts';
import { copyBytes } from '../commands/codes.ts';
import type { Buffer, Command, Operand } from './emit.ts';
import { buffersOf, type Section, type Step } from './section.ts';

/** An output that gets the memory of an input. */
export interface Pair {
  readonly output: number;
  readonly input: number;
}

/** Where outputs are, and which of them have the memory of an input. */
export interface Places {
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
}

/**
 * Gives outputs the memory of inputs. Where the input is read for the last time before the output is written, or by the command
 * that writes it number by number, the output is written there at once; else it is copied there at the end.
 *
 * @param from commands before it write nothing over
 * @param own buffers that are one output and nothing else
 * @returns the outputs' places now, and the pairs that there are
 */
export function donate(
  section: Section,
  { inputs, outputs }: Places,
  { pairs, from, own }: { pairs: readonly Pair[]; from: number; own: ReadonlySet<Buffer> },
): { readonly outputs: readonly Operand[]; readonly pairs: readonly Pair[] } {
  const { steps, buffers } = section;
  const touched = touches(steps);
  const given = new Set(outputs.map(({ buffer }) => buffer));
  const moved = new Map<Buffer, Buffer>();
  const late: Pair[] = [];
  const done: Pair[] = [];
  for (const pair of pairs) {
    const [to, made] = [inputs[pair.input], outputs[pair.output]];
    if (!to || !made || given.has(to.buffer)) continue; // an output shows the input as it was
    done.push(pair);
    const [first, last] = [touched.get(made.buffer)?.[0] ?? 0, touched.get(to.buffer)?.[1] ?? -1];
    const safe = first >= from && (first > last || (first === last && reads(steps[first], to)));
    if (own.has(made.buffer) && safe) moved.set(made.buffer, to.buffer);
    else late.push(pair);
  }
  for (const [i, step] of steps.entries())
    if (buffersOf(step).some((buffer) => moved.has(buffer))) steps[i] = rewritten(step, moved);
  for (const buffer of moved.keys()) buffers.delete(buffer);
  for (const { input, output } of late) {
    const [to, made] = [inputs[input], outputs[output]];
    if (to && made) steps.push({ ...copy(made, to), place: '', shape: undefined });
  }
  const placed = new Map(done.map(({ input, output }) => [output, inputs[input]] as const));
  return { outputs: outputs.map((operand, i) => placed.get(i) ?? operand), pairs: done };
}

/** First and last command that reads or writes a buffer. */
function touches(steps: readonly Step[]): ReadonlyMap<Buffer, readonly [first: number, last: number]> {
  const touched = new Map<Buffer, [number, number]>();
  for (const [i, step] of steps.entries())
    for (const buffer of buffersOf(step)) {
      const span = touched.get(buffer);
      if (span) span[1] = i;
      else touched.set(buffer, [i, i]);
    }
  return touched;
}

/** Whether a command may write its result over what it reads there. */
const reads = (step: Command | undefined, { buffer, offset }: Operand): boolean =>
  step?.over?.some((operand) => operand.buffer === buffer && operand.offset === offset) ?? false;

const copy = (from: Operand, to: Operand): Command => ({
  code: copyBytes,
  name: `put ${to.buffer.name}`,
  words: [from, to, to.buffer.bytes],
});

const rewritten = (step: Step, moved: ReadonlyMap<Buffer, Buffer>): Step => ({
  ...step,
  words: step.words.map((word) =>
    typeof word === 'object' && 'buffer' in word ? { ...word, buffer: moved.get(word.buffer) ?? word.buffer } : word,
  ),
});

/** Pairs of inputs and outputs of the same name, shape and type, of those that are donated. */
export function pairsOf(
  inputs: ReadonlyMap<string, Value>,
  outputs: ReadonlyMap<string, Value>,
  names: ReadonlySet<string>,
): readonly Pair[] {
  const at = new Map([...inputs.keys()].map((name, i) => [name, i] as const));
  return [...outputs].flatMap(([name, value], output): Pair[] => {
    const [input, given] = [at.get(name), inputs.get(name)];
    if (input === undefined || given === undefined || !names.has(name)) return [];
    return `${given.shape}` === `${value.shape}` && given.dtype === value.dtype ? [{ input, output }] : [];
  });
}
