import type { DataType } from '@tensorflow/tfjs-core';
import type { Value } from '../../trace/graph.ts';
import { copy } from '../commands/chainCodes.ts';
import { chain } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Operand, product, type Word } from '../plan/emit.ts';
import { type Attrs, cast, chainRules, type Register } from './chainInstructions.ts';
import { blockedOperand, layoutFor, plainOperand, type Source, type Strided } from './chainOperands.ts';

/** An elementwise kernel of a chain. */
export interface Step {
  readonly op: string;
  readonly attrs: Attrs;
  /** Which operands, or results of steps before: counted on behind the operands. */
  readonly inputs: readonly number[];
  readonly dtype: DataType;
}

/** Numbers of a block, which with a few others of its size stays in L1. */
const block = 1024;
/** Of src/engine/commands/chain.ts: tables, numbers of the functions. */
const headBytes = 3 * 512 + 59 * 32;
const most = 128;

/** Joins neighbouring sides along which every operand goes on as if they were one. */
function merge(sides: readonly number[], operands: readonly Strided[]): [number[], number[][]] {
  const merged: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (const [i, side] of sides.entries()) {
    if (side === 1) continue;
    const here = operands.map(({ strides }) => strides[i] ?? 0);
    const joins = merged.length > 0 && strides.every((own, k) => own.at(-1) === (here[k] ?? 0) * side);
    if (joins) merged[merged.length - 1] = (merged.at(-1) ?? 1) * side;
    else merged.push(side);
    for (const [k, own] of strides.entries()) {
      if (joins) own.pop();
      own.push(here[k] ?? 0);
    }
  }
  return [merged, strides];
}

interface Instruction {
  readonly code: number;
  readonly makes: number;
  readonly reads: readonly number[];
  readonly numbers: readonly number[];
}

/** The instructions of steps over so many operands. */
function program(sources: readonly DataType[], steps: readonly Step[], result: DataType) {
  const instructions: Instruction[] = [];
  const registers: Register[] = sources.map((dtype, index) => ({ index, dtype }));
  const writer = {
    write: (code: number, reads: readonly Register[], dtype: DataType, numbers: readonly number[] = []) => {
      const index = sources.length + instructions.length;
      instructions.push({ code, makes: index, reads: reads.map((register) => register.index), numbers });
      return { index, dtype };
    },
  };
  for (const { op, attrs, inputs, dtype } of steps) {
    const rule = chainRules[op];
    if (rule === undefined) throw new RangeError(`engine: ${op} is no kernel of a chain`);
    const operands = inputs.flatMap((input) => registers[input] ?? []);
    registers.push(cast(rule(operands, attrs, writer), dtype, writer));
  }
  const last = registers.at(-1);
  const made = last && last.index === sources.length + instructions.length - 1 && instructions.length > 0;
  if (last && !made) writer.write(copy, [last], result); // the result is written by the last instruction
  return packed(instructions, sources.length);
}

/** Instructions whose registers are used again once nobody reads them, so that few blocks are touched; the result is last. */
function packed(instructions: readonly Instruction[], operands: number) {
  const lastUse = new Map<number, number>();
  for (const [i, { reads }] of instructions.entries()) for (const register of reads) lastUse.set(register, i);
  const places = new Map<number, number>();
  const free: number[] = [];
  let count = operands;
  const at = (register: number) => places.get(register) ?? register; // operands stay
  const made = instructions.map(({ code, makes, reads, numbers: [x = 0, y = 0] }, i) => {
    const [a = 0, b = 0, c = 0] = reads.map(at);
    for (const register of new Set(reads))
      if (register >= operands && lastUse.get(register) === i) free.push(at(register)); // a block may be written where it is read
    const last = i === instructions.length - 1;
    const to = last ? count++ : (free.pop() ?? count++);
    places.set(makes, to);
    return [code, to, a, b, c, { float: x }, { float: y }];
  });
  return { count, words: made.flat(), length: made.length };
}

/** Where a chain's numbers are and go. */
export interface ChainPlaces {
  readonly to: Operand;
  readonly dtype: DataType;
  readonly sides: readonly number[];
  readonly operands: readonly (Strided & { readonly dtype: DataType })[];
}

/** One command: every step over a block of numbers, then the next block. @throws RangeError for more than it can hold */
export function commandChain({ to, dtype, sides, operands }: ChainPlaces, steps: readonly Step[], emit: Emit): void {
  if (product(sides) === 0) return;
  const { count, words, length } = program(
    operands.map((operand) => operand.dtype),
    steps,
    dtype,
  );
  const [merged, strides] = merge(sides, operands);
  if (merged.length > 6 || count > most)
    throw new RangeError(`engine: a chain of ${merged.length} axes and ${count} registers; 6 and ${most} may be`);
  const outer = (list: readonly number[], otherwise: number) => {
    const before = list.slice(0, -2);
    return [...Array.from({ length: 4 - before.length }, () => otherwise), ...before];
  };
  const bytes = headBytes + count * (4 * block + 64);
  const read = strides.map((own) => merged.reduce((all, side, i) => all * (own[i] ? side : 1), 1));
  emit.command({
    code: chain,
    name: nameOf(steps),
    words: [
      to,
      emit.scratch(bytes),
      bytes,
      block,
      length,
      operands.length,
      ...outer(merged, 1),
      merged.at(-2) ?? 1,
      merged.at(-1) ?? 1,
      count,
      ...operands.flatMap(({ at }, i): Word[] => {
        const own = (strides[i] ?? []).map((stride) => 4 * stride);
        return [at, own.at(-2) ?? 0, own.at(-1) ? 1 : 0, ...outer(own, 0)];
      }),
      ...words,
    ],
    traffic: 4 * read.reduce((a, b) => a + b, product(sides)),
    over: operands
      .filter((_, i) => merged.every((_, k) => strides[i]?.[k] === product(merged.slice(k + 1))))
      .map(({ at }) => at),
    ...(steps.length > 1 ? { fused: steps.map(({ op }) => shortName(op)) } : {}),
  });
}

/** Makes a value by a chain, in the layout in which most of what it reads is. */
export function emitChain(result: Value, sources: readonly Source[], steps: readonly Step[], emit: Emit): void {
  const { shape, dtype } = result;
  const layout = layoutFor(shape, dtype, sources, emit);
  const to = emit.make(result, layout);
  const [b = 1, h = 1, w = 1, c = 1] = shape;
  const sides = layout === 'blocked' ? [groupsOf8(c), b, h, w, 8] : shape;
  const place = layout === 'blocked' ? blockedOperand : plainOperand;
  const operands = sources.map((source) => ({ ...place(source, shape, emit), dtype: source.value.dtype }));
  commandChain({ to, dtype, sides, operands }, steps, emit);
}

const shortName = (op: string) => op.replace('Pyramidion', '').replace(/^./, (letter) => letter.toLowerCase());
const nameOf = (steps: readonly Step[]) =>
  steps.length === 1 ? shortName(steps[0]?.op ?? '') : `chain ${steps.length} ops`;
