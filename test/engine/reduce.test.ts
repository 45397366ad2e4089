import { describe, expect, it } from 'vitest';
import { orderLowerings } from '../../src/engine/lower/order.ts';
import { reduceLowerings } from '../../src/engine/lower/reduce.ts';
import { softmaxLowerings } from '../../src/engine/lower/softmax.ts';
import { drawing, expectAsCpu, expectClose, type Given, runByHand } from './plainRun.ts';

const row = (numbers: readonly number[]): Given => ({ shape: [1, numbers.length], dtype: 'float32', numbers });

describe('reductions', () => {
  it.each(['Sum', 'Mean', 'Max', 'Min', 'Prod'])('%s over any axes of plain tensors and blocked maps', (op) => {
    const { floats, int, pick, next } = drawing('reduce', op);
    for (let i = 0; i < 24; i++) {
      const layout = pick('plain', 'blocked', 'plain');
      const rank = layout === 'blocked' ? 4 : int(1, 5);
      const shape = Array.from({ length: rank }, () => pick(1, 2, 3, 5, 8, 9, 17));
      const axis = shape.map((_, k) => k).filter(() => next() < 0.5);
      const x = floats(shape, 1.5, layout);
      expectAsCpu(
        reduceLowerings,
        op,
        { x },
        { [op === 'Max' ? 'reductionIndices' : 'axis']: axis, keepDims: next() < 0.5 },
        { of: 1e-6, absolute: 1e-6 },
      ); // sums may cancel
    }
    expectAsCpu(
      reduceLowerings,
      op,
      { x: floats([2, 7, 5, 19], 1.2, 'blocked') },
      { [op === 'Max' ? 'reductionIndices' : 'axis']: [1, 2], keepDims: true },
      { of: 1e-6 },
    );
  });
  it('sum a million numbers to the last bits', () => {
    const numbers = Float32Array.from({ length: 1 << 20 }, (_, i) => 1 + (i % 7) / 16);
    const sum = numbers.reduce((a, b) => a + b, 0); // in float64, where it is exact
    for (const [shape, axis] of [
      [[1 << 20], [0]],
      [[1 << 17, 8], [0]],
    ] as const) {
      const x: Given = { shape, dtype: 'float32', numbers };
      const wanted =
        shape.length === 1
          ? [sum]
          : Array.from({ length: 8 }, (_, k) => numbers.reduce((a, b, i) => (i % 8 === k ? a + b : a), 0));
      expectAsCpu(reduceLowerings, 'Sum', { x }, { axis: [...axis] }, { of: 6e-8, instead: [wanted] });
    }
  });
  it('keep NaN, and infinities, wherever they are in a row', () => {
    for (const numbers of [
      [1, Number.NaN, 2, 3, 4, 5, 6, 7, 8, 9],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, Number.NaN],
      [1, Infinity, 3, -Infinity],
    ])
      for (const op of ['Sum', 'Max', 'Min', 'Prod'])
        expectAsCpu(reduceLowerings, op, { x: row(numbers) }, { [op === 'Max' ? 'reductionIndices' : 'axis']: [1] });
  });
  it('take whole numbers and bools', () => {
    const { ints, bools } = drawing('whole');
    expectAsCpu(reduceLowerings, 'Sum', { x: ints([5, 9]) }, { axis: [0] });
    expectAsCpu(reduceLowerings, 'Sum', { x: bools([5, 9]) }, { axis: [1] });
    expectAsCpu(reduceLowerings, 'Max', { x: ints([5, 9]) }, { reductionIndices: [1] });
    expectAsCpu(reduceLowerings, 'Mean', { x: ints([5, 9]) }, { axis: [0] }, { of: 2e-7 });
    for (const op of ['All', 'Any']) expectAsCpu(reduceLowerings, op, { x: bools([9, 2]) }, { axis: [1] });
  });
  it('find the first of the largest and the least', () => {
    const { floats, ints } = drawing('arg');
    for (const op of ['ArgMax', 'ArgMin'])
      for (const axis of [0, 1, 2, -1]) {
        expectAsCpu(reduceLowerings, op, { x: floats([3, 5, 9]) }, { axis });
        expectAsCpu(reduceLowerings, op, { x: ints([3, 5, 9], 0, 3) }, { axis });
      }
    for (const numbers of [
      [Number.NaN, 1, 2],
      [1, Number.NaN, 2],
      [-Infinity, -Infinity],
    ])
      expectAsCpu(reduceLowerings, 'ArgMax', { x: row(numbers) }, { axis: 1 });
  });
  it('sum and multiply on along an axis, from either end', () => {
    const { floats, ints } = drawing('running');
    for (const op of ['Cumsum', 'Cumprod'])
      for (const [exclusive, reverse] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ])
        for (const axis of [0, 1]) {
          expectAsCpu(reduceLowerings, op, { x: floats([5, 9]) }, { axis, exclusive, reverse } as never, { of: 1e-6 });
          expectAsCpu(reduceLowerings, op, { x: ints([5, 3], 1, 3) }, { axis, exclusive, reverse } as never);
        }
  });
});

describe('softmax', () => {
  it('is of rows of any length, with NaN and infinities', () => {
    const { floats } = drawing('softmax');
    for (const n of [1, 2, 3, 4, 7, 21, 91, 300])
      expectAsCpu(softmaxLowerings, 'Softmax', { logits: floats([2, 3, n], 20) }, { dim: -1 }, { of: 1e-6 });
    const rows = [
      [1, -Infinity, 3, 2, 1],
      [Number.NaN, 1, 2, 3, 4],
      [Infinity, 1, 2, 3, 4],
      [-Infinity, -Infinity],
      [1e30, -1e30, 0],
    ];
    for (const numbers of rows)
      expectAsCpu(softmaxLowerings, 'Softmax', { logits: row(numbers) }, { dim: -1 }, { of: 1e-6 });
  });
});

describe('log softmax', () => {
  it('is the logarithm of softmax', () => {
    for (const n of [1, 3, 21, 300]) {
      const x = drawing('log', n).floats([5, n], 20);
      const wanted = Array.from({ length: 5 }, (_, r) => Array.from(x.numbers).slice(r * n, (r + 1) * n)).flatMap(
        (own) => {
          const largest = Math.max(...own);
          const log = Math.log(own.reduce((sum, v) => sum + Math.exp(v - largest), 0));
          return own.map((v) => v - largest - log);
        },
      );
      const value = { kind: 'input', name: 'logits', shape: x.shape, dtype: 'float32' } as const;
      const y = { kind: 'result', name: 'y', shape: x.shape, dtype: 'float32' } as const;
      const node = { op: 'LogSoftmax', inputs: { logits: value }, attrs: { axis: -1 }, outputs: [y], place: '' };
      for (const { build, made } of runByHand(softmaxLowerings, [node], new Map([[value, x]])))
        expectClose(made[0] ?? [], wanted, 1e-6, build);
    }
  });
});

describe('top k', () => {
  it('are in order, equal ones by their place', () => {
    const { floats, ints, int } = drawing('top');
    for (const [rows, n] of [
      [1, 1],
      [3, 10],
      [2, 700],
      [5, 3000],
    ] as const)
      for (const k of new Set([1, n, int(1, n)])) {
        expectAsCpu(orderLowerings, 'TopK', { x: floats([rows, n]) }, { k, sorted: true });
        expectAsCpu(orderLowerings, 'TopK', { x: ints([rows, n], 0, 5) }, { k, sorted: true });
      }
  });
  it('put NaN behind all numbers', () => {
    const x = row([Number.NaN, -Infinity, 3, Number.NaN, Infinity]);
    const wanted = [
      [Infinity, 3, -Infinity, Number.NaN],
      [4, 2, 1, 0],
    ];
    expect(expectAsCpu(orderLowerings, 'TopK', { x }, { k: 4, sorted: true }, { instead: wanted }).length).toBe(1);
  });
  it('are the first of all in order, whether few or many are taken', () => {
    const { floats, ints } = drawing('all in order');
    const odd = [0, -0, 1, -1, 1e-40, -1e-40, 3e38, -3e38, Infinity, -Infinity, Number.NaN, 0, -0];
    const n = 2500;
    const drawn = floats([1, n], 3);
    const cases = [
      { ...drawn, numbers: Float32Array.from(drawn.numbers, (x, i) => odd[i % 29] ?? x) },
      { ...ints([1, n], -5, 5) },
      { ...ints([1, n], -(2 ** 31), 2 ** 31 - 1) },
    ];
    const key = (x: number) => (Number.isNaN(x) ? -Infinity : Math.max(x, -Number.MAX_VALUE));
    for (const x of cases) {
      const numbers = Array.from(x.numbers);
      const places = numbers.map((_, i) => i).sort((a, b) => key(numbers[b] ?? 0) - key(numbers[a] ?? 0) || a - b);
      for (const k of [1, 100, 157, n]) {
        const first = places.slice(0, k);
        const wanted = [first.map((i) => numbers[i] ?? 0), first];
        expectAsCpu(orderLowerings, 'TopK', { x }, { k, sorted: true }, { instead: wanted });
      }
    }
  });
});
