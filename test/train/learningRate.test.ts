import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { at, weights } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { type FindLearningRateOptions, findLearningRate } from '../../src/train/findLearningRate.ts';
import { smoother, suggestLearningRate } from '../../src/train/learningRatePoints.ts';
import { numbers, recipe, samples, toy } from './toy.ts';

describe('what a range test suggests', () => {
  const points = (count: number, lossAt: (i: number) => number) => {
    const smooth = smoother(0.98);
    return Array.from({ length: count }, (_, i) => {
      const [rate, loss] = [1e-7 * (10 / 1e-7) ** (i / 99), lossAt(i)];
      return { rate, loss, smoothed: smooth(loss) };
    });
  };
  const cliff = (i: number) =>
    2 - 1.5 / (1 + Math.exp(-(i - 50) / 6)) + (i > 60 ? 0.002 * 1.2 ** (i - 60) : 0) + 0.05 * Math.sin(i * 1.7);
  // The figures are what fastai 2.7's valley, steep and AvgSmoothLoss give for these losses in Python, in float64.
  it.each([
    ['a cliff', 100, cliff, 0.002310129700083158, 0.008497534359086439, 1.229777514023727],
    [
      'noise',
      100,
      (i: number) => 3 + 0.3 * Math.sin(i * i) - 0.01 * i,
      0.007054802310718645,
      1.3530477745798068e-6,
      2.366244116327687,
    ],
    [
      'a short test',
      40,
      (i: number) => 5 - 0.1 * i + 0.4 * Math.cos(3 * i),
      4.977023564332111e-6,
      4.977023564332111e-6,
      2.781303246859868,
    ],
  ] as const)('is what fastai suggests: %s', (_, count, lossAt, valley, steepest, last) => {
    const all = points(count, lossAt);
    expect(all.at(-1)?.smoothed).toBeCloseTo(last, 12);
    const found = suggestLearningRate(all, 100);
    expect((found?.valley ?? 0) / valley).toBeCloseTo(1, 9);
    expect((found?.steepest ?? 0) / steepest).toBeCloseTo(1, 9);
  });
  it('is nothing where too few steps are left, and a rate that was tried where the loss only grows', () => {
    expect(suggestLearningRate(points(16, cliff), 100)).toBeUndefined();
    const growing = points(30, (i) => 1 + i);
    const rates = growing.map(({ rate }) => rate);
    expect(rates).toContain(suggestLearningRate(growing, 30)?.valley);
  });
});

describe('a range test', () => {
  beforeAll(() => useBackend('wasm'));
  const test = (options: Partial<FindLearningRateOptions> = {}, model = toy()) =>
    findLearningRate(model, { data: samples, recipe, ...options });

  it('leaves the model as it was, to the bit and to its switches, and no tensor', async () => {
    const model = toy();
    freeze(at(model, 'stage'));
    const before = await numbers(model);
    const frozen = [...weights(model).values()].map(({ trainable }) => trainable);
    const groups = [{ at: 'stem', trainable: false, statistics: 'stored' }] as const;
    await test({ steps: 8, recipe: { ...recipe, groups } }, model);
    expect(await numbers(model)).toEqual(before);
    expect([...weights(model).values()].map(({ trainable }) => trainable)).toEqual(frozen);
    const held = tf.memory().numTensors;
    await test({ steps: 8 }, model);
    await numbers(model); // whose tensors are made when they are read
    expect(tf.memory().numTensors).toBe(held);
  });
  it('goes from the first rate to the last, by a factor or by an amount, over as many epochs as it takes', async () => {
    const rates = async (sweep: 'exponential' | 'linear') =>
      (await test({ from: 1e-5, to: 1e-1, steps: 5, sweep })).points.map(({ rate }) => rate);
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));
    expect(await rates('exponential')).toEqual(close([1e-5, 1e-4, 1e-3, 1e-2, 1e-1]));
    expect(await rates('linear')).toEqual(close([1e-5, 0.0250075, 0.050005, 0.0750025, 0.1]));
  });
  it('ends where the loss is far above its lowest, or not finite', async () => {
    const wild = { ...recipe, clipNorm: 1e9 };
    const found = await test({ recipe: wild, from: 1e-3, to: 1e30, steps: 40, smoothing: 0 });
    expect(found.why).toBe('diverged');
    expect(found.points.length).toBeLessThan(40);
    const stopped = await test({ signal: AbortSignal.abort() });
    expect(stopped).toEqual({ why: 'stopped', points: [], suggestion: undefined });
  });
  it('finds a rate by which the toy learns', async () => {
    const { suggestion, why } = await test({ from: 1e-6, to: 10, steps: 60 });
    expect(['done', 'diverged']).toContain(why);
    expect(suggestion?.valley).toBeGreaterThan(1e-5);
    expect(suggestion?.valley).toBeLessThan(1);
  });
  it('is refused where it cannot be', async () => {
    await expect(test({ from: 1, to: 1 })).rejects.toThrow(/from is 1 and to 1; rates must be above 0 and grow/);
    await expect(test({ steps: 1 })).rejects.toThrow(/steps is 1/);
    await expect(test({ smoothing: 1 })).rejects.toThrow(/smoothing is 1/);
    await expect(test({ stopAbove: 1 })).rejects.toThrow(/stopAbove is 1/);
  });
});
