import { existsSync, readFileSync } from 'node:fs';
import { fill, mul, type Scalar, setBackend, sub, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { weight } from '../../src/core/weight.ts';
import { clipByNorm } from '../../src/train/clip.ts';
import { firstSlots, type Optimizer, rmsprop, type Slots, sgd } from '../../src/train/optimizer.ts';
import { afterValidation, firstPlateau, rateAt, type Schedule } from '../../src/train/schedule.ts';

const file = new URL('../../../shared/data/parity/training.json', import.meta.url);
const there = existsSync(file);
interface Goldens {
  optimizers: { problem: { a: number[]; c: number[] } } & Record<string, { x: number[][] }>;
  schedules: Record<string, { lr: number[]; metrics: number[]; options: { min_lr?: number } }>;
  clipping: { grads: [number[], number[][]] } & Record<string, { clipped: [number[], number[][]] }>;
}
const goldens = (): Goldens => JSON.parse(readFileSync(file, 'utf8'));
const flat = (values: readonly unknown[]) => values.flat(3) as number[];

beforeAll(async () => {
  await setBackend('cpu');
});

describe('schedules', () => {
  const at = (schedule: Schedule, epoch: number, step = 1000) =>
    rateAt(schedule, { epoch, step, epochs: 20, plateau: firstPlateau(schedule) });
  it('multi-step falls after shares of the epochs', () => {
    const schedule: Schedule = { name: 'multiStep', rate: 1, at: [0.5, 0.9] };
    expect([9, 10, 17, 18].map((epoch) => at(schedule, epoch))).toEqual([1, 0.1, 0.1, expect.closeTo(0.01, 12)]);
  });
  it('warm-up grows in proportion', () => {
    const schedule: Schedule = { name: 'constant', rate: 1, warmUp: 4 };
    expect([0, 1, 2, 3, 4].map((step) => at(schedule, 0, step))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });
});

describe.skipIf(!there)('parity with PyTorch (needs ../shared/data)', () => {
  it.each([
    ['ReduceLROnPlateau default patience 2', { patience: 2 }],
    ['ReduceLROnPlateau min_lr .02', { patience: 1, factor: 0.3, least: 0.02 }],
  ])('%s', (name, options) => {
    const { metrics, lr } = goldens().schedules[name] ?? { metrics: [], lr: [] };
    const schedule: Schedule = { name: 'plateau', rate: 0.1, ...options };
    let state = firstPlateau(schedule);
    const rates = metrics.map((metric) => {
      state = afterValidation(schedule, state, metric);
      return state.rate;
    });
    expect(rates).toHaveLength(20);
    for (const [i, rate] of rates.entries()) expect(rate / (lr[i] ?? 0)).toBeCloseTo(1, 9);
  });
  it('MultiStepLR', () => {
    const { lr } = goldens().schedules['MultiStepLR [5, 8, 12] gamma .1'] ?? { lr: [] };
    const schedule: Schedule = { name: 'multiStep', rate: 0.1, at: [0.25, 0.4, 0.6] };
    for (const [epoch, rate] of lr.entries())
      expect(rateAt(schedule, { epoch, step: 0, epochs: 20, plateau: firstPlateau(schedule) })).toBeCloseTo(rate, 9);
  });
  it.each<[string, Optimizer]>([
    ['SGD', sgd({ momentum: 0 })],
    ['SGD momentum .9', sgd()],
    ['torch RMSprop', rmsprop({ decay: 0.9, momentum: 0.9, epsilon: 1e-3 })],
  ])('%s, ten steps', (name, optimizer) => {
    const { problem, [name]: golden } = goldens().optimizers;
    const w = weight();
    const [a, c] = [tensor1d(problem.a), tensor1d(problem.c)];
    let value: Tensor = tensor1d([0, 0, 0, 0]);
    let slots: Slots = firstSlots(optimizer, [4]);
    for (const expected of golden?.x ?? []) {
      const gradient = mul(a, sub(value, c));
      const next = optimizer.update(w, { value, gradient, slots, learningRate: fill([], 0.05) as Scalar });
      ({ value, slots } = next);
      const numbers = [...value.dataSync()];
      for (const [i, number] of numbers.entries()) expect(number).toBeCloseTo(expected[i] ?? Number.NaN, 5); // float32
    }
  });
  it.each([
    ['norm 2 max 1', 1],
    ['norm 2 max 100 (nothing to do)', 100],
  ])('clipping, %s', (name, norm) => {
    const { grads, [name]: golden } = goldens().clipping;
    const clipped = clipByNorm(new Map([['all', tensor1d(flat(grads))]]), norm).get('all');
    const expected = flat(golden?.clipped ?? []);
    for (const [i, number] of [...(clipped?.dataSync() ?? [])].entries())
      expect(number).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  });
});
