import type { Node, Value } from '../../trace/graph.ts';
import { fill } from '../commands/codes.ts';
import { type Emit, type Lowering, type Lowerings, type Operand, product, type Word } from '../plan/emit.ts';
import { inputOf, numberIn, outputOf } from './attributes.ts';

/** A number as a word of a type. */
export const wordOf = (x: number, dtype: string): Word => (dtype === 'float32' ? { float: x } : Math.trunc(x) | 0);

/** Writes one number everywhere. */
export function emitFill(to: Operand, count: number, x: Word, emit: Emit): void {
  if (count > 0) emit.command({ code: fill, name: 'fill', words: [to, count, x], traffic: 4 * count });
}

/** Numbers that are known now. */
export function known(value: Value, numbers: readonly number[], emit: Emit): void {
  const array = value.dtype === 'float32' ? Float32Array.from(numbers) : Int32Array.from(numbers);
  emit.alias(value, 'plain', emit.constant(array));
}

/** More than so many equal numbers are written anew in each run. */
const few = 1024;

function same(value: Value, x: number, emit: Emit): void {
  const count = product(value.shape);
  if (count > 0 && count <= few) known(value, Array<number>(count).fill(x), emit);
  else emitFill(emit.make(value, 'plain'), count, wordOf(x, value.dtype), emit);
}

const alike =
  (x: number): Lowering =>
  (node, emit) => {
    inputOf(node);
    same(outputOf(node), x, emit);
  };

const range = (node: Node, emit: Emit, step: number) => {
  const value = outputOf(node);
  const start = numberIn(node, 'start');
  const count = product(value.shape);
  if (count === 0) emit.make(value, 'plain');
  else
    known(
      value,
      Array.from({ length: count }, (_, i) => start + step * i),
      emit,
    );
};

/** Kernels that make numbers of nothing. */
export const constantLowerings: Lowerings = {
  Fill: (node, emit) => same(outputOf(node), Number(node.attrs.value), emit),
  ZerosLike: alike(0),
  OnesLike: alike(1),
  Range: (node, emit) => range(node, emit, numberIn(node, 'step')),
  LinSpace: (node, emit) => {
    const count = numberIn(node, 'num');
    range(node, emit, (numberIn(node, 'stop') - numberIn(node, 'start')) / Math.max(1, count - 1));
  },
};
