import { describe, it } from 'vitest';
import { poolLowerings as lowerings } from '../../src/engine/lower/pool.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import { drawing, expectAsCpu } from './plainRun.ts';

describe.each([
  { op: 'MaxPool', tolerance: {} },
  { op: 'AvgPool', tolerance: { of: 1e-6 } }, // the cpu backend sums in float64
])('$op', ({ op, tolerance }) => {
  it.each(Array.from({ length: 40 }, (_, i) => i))('of any window is the cpu backend’s, draw %i', (i) => {
    const { pick, int, floats } = drawing(op, i);
    const filterSize = pick<[number, number]>([2, 2], [3, 3], [1, 1], [2, 3], [5, 5], [1, 4]);
    const strides = pick<[number, number]>([2, 2], [1, 1], [3, 3], [2, 1], [7, 7]);
    const shape = [pick(1, 2), 5 + int(0, 8), 5 + int(0, 9), pick(1, 3, 7, 8, 9, 16)];
    const explicit = [
      [0, 0],
      [pick(0, 1), pick(0, 1)],
      [pick(0, 1), pick(0, 1)],
      [0, 0],
    ];
    const pad = pick<'same' | 'valid' | number[][]>('same', 'valid', explicit);
    expectAsCpu(
      lowerings,
      op,
      { x: floats(shape, 3, pick<Layout>('plain', 'blocked')) },
      { filterSize, strides, pad },
      tolerance,
    );
  });

  it('rounds sides up where it is told to', () => {
    const { floats } = drawing('ceil');
    const attrs = { filterSize: 2, strides: 2, pad: 0, dimRoundingMode: 'ceil' };
    expectAsCpu(lowerings, op, { x: floats([1, 7, 9, 5], 3, 'blocked') }, attrs, tolerance);
  });

  it('takes a window as large as the map', () => {
    const { floats } = drawing('global');
    const attrs = { filterSize: [6, 5], strides: 1, pad: 'valid' };
    expectAsCpu(lowerings, op, { x: floats([2, 6, 5, 9], 3, 'blocked') }, attrs, tolerance);
  });

  it('has NaN and infinity as the cpu backend has them', () => {
    const { floats } = drawing('odd');
    const x = floats([1, 6, 6, 3], 3, 'blocked');
    const numbers = Float32Array.from(x.numbers);
    for (const [i, odd] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries())
      numbers[3 * 7 * (i + 1) + i] = odd;
    for (let i = 0; i < 4; i++) numbers[3 * (24 + (i & 1) + 6 * (i >> 1))] = Number.NaN; // a window of them
    expectAsCpu(lowerings, op, { x: { ...x, numbers } }, { filterSize: 2, strides: 2, pad: 'valid' }, tolerance);
  });
});
