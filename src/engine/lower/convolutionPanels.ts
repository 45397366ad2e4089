import type { Node, Value } from '../../trace/graph.ts';
import { copyBytes, packFilter, packRows } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Operand, product } from '../plan/emit.ts';

/** Where the numbers of a filter lie, as a matrix [k, n] for each of its taps. Offsets and steps are in numbers. */
export interface FilterMatrix {
  /** A key of its own among those of the same value. */
  readonly key: string;
  /** Where each tap starts. */
  readonly taps: readonly number[];
  readonly k: number;
  readonly n: number;
  readonly kStep: number;
  readonly nStep: number;
}

/** Bytes of panels [n / 8][k / 8][tap][8][8]. */
export const panelBytes = (taps: number, k: number, n: number) => 256 * taps * groupsOf8(k) * groupsOf8(n);

/** A filter as the micro-kernels read it. */
export function panelsOf(filter: Value, { key, taps, k, n, kStep, nStep }: FilterMatrix, emit: Emit): Operand {
  const bytes = panelBytes(taps.length, k, n);
  return emit.derived(`panels ${key}`, [filter], bytes, (to) => {
    const offsets = emit.constant(Int32Array.from(taps, (tap) => 4 * tap));
    const words = [emit.read(filter, 'plain'), to, offsets, taps.length, k, n, 4 * kStep, 4 * nStep];
    emit.command({ code: packFilter, name: 'pack filter', words, traffic: 4 * product(filter.shape) + bytes });
  });
}

/** Rows of a filter in any order; -1 is a row of zeros. Their number is one of whole groups of 8. */
export function rowPanelsOf(filter: Value, key: string, rows: readonly number[], n: number, emit: Emit): Operand {
  const bytes = panelBytes(1, rows.length, n);
  return emit.derived(`panels ${key}`, [filter], bytes, (to) => {
    const offsets = emit.constant(Int32Array.from(rows, (row) => (row < 0 ? -1 : 4 * row)));
    const words = [emit.read(filter, 'plain'), to, offsets, rows.length, n];
    emit.command({ code: packRows, name: 'pack filter', words, traffic: 4 * product(filter.shape) + bytes });
  });
}

/**
 * A number for each channel, up to whole groups of 8: zeros where there is no value.
 *
 * @throws RangeError where the value has neither a number for each channel nor one for all
 */
export function vectorOf(node: Node, value: Value | undefined, channels: number, emit: Emit): Operand {
  const padded = 8 * groupsOf8(channels);
  if (value === undefined) return emit.constant(new Float32Array(padded));
  const numbers = product(value.shape);
  if (numbers !== channels && numbers !== 1)
    throw new RangeError(
      `engine: ${node.op} reads ${value.name} [${value.shape}] beside ${channels} channels; it must be [${channels}], or one number: apply it as an op of its own`,
    );
  return emit.derived(`vector ${channels}`, [value], 4 * padded, (to) => {
    const from = emit.read(value, 'plain');
    if (numbers === channels) {
      emit.command({ code: copyBytes, name: 'pack vector', words: [from, to, 4 * channels] });
      return;
    }
    const words = [from, to, emit.constant(Int32Array.of(0)), 1, 1, padded, 4, 0];
    const panels = emit.scratch(32 * padded);
    emit.command({ code: packFilter, name: 'pack vector', words: words.with(1, panels) });
    for (let i = 0; i < padded; i += 8)
      emit.command({
        code: copyBytes,
        name: 'pack vector',
        words: [{ ...panels, offset: panels.offset + 32 * i }, { ...to, offset: to.offset + 4 * i }, 32],
      });
  });
}
