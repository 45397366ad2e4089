import type { DataType } from '@tensorflow/tfjs-core';
import { type FormRule, form } from './shapesRule.ts';

/** Kernels that make numbers of nothing. */
export const sources = {
  Fill: ((_, { shape, value, dtype = typeof value === 'string' ? 'string' : 'float32' }) =>
    form(shape, dtype)) satisfies FormRule<
    object,
    { shape: readonly number[]; value?: number | string; dtype?: DataType }
  >,
  Range: ((_, { start, stop, step, dtype = 'float32' }) =>
    form([rangeLength(start, stop, step)], dtype)) satisfies FormRule<
    object,
    { start: number; stop: number; step: number; dtype?: DataType }
  >,
  LinSpace: ((_, { num }) => form([num], 'float32')) satisfies FormRule<object, { num: number }>,
};

/** As `tf.range` counts: a step in the wrong direction gives nothing. */
function rangeLength(start: number, stop: number, step: number): number {
  const sameEnds = start === stop;
  const away = (start < stop && step < 0) || (stop < start && step > 1);
  return sameEnds || away ? 0 : Math.abs(Math.ceil((stop - start) / step));
}
