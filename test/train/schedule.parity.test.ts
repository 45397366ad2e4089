import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterValidation, firstPlateau, rateAt, type Schedule } from '../../src/train/schedule.ts';

const parity = new URL('../../../shared/data/parity/', import.meta.url);
const there = existsSync(parity);
interface Torch {
  readonly schedules: Record<string, { readonly lr: number[]; readonly metrics: number[] }>;
}
interface Keras {
  readonly schedules: Record<string, number[]>;
}
const read = (name: string) => JSON.parse(readFileSync(new URL(name, parity), 'utf8'));
const torch = (name: string) => {
  const { schedules }: Torch = read('training.json');
  return schedules[name] ?? { lr: [], metrics: [] };
};
const keras = (name: string): number[] => {
  const { schedules }: Keras = read('training-keras.json');
  return schedules[name] ?? [];
};

type Given = Schedule extends infer S ? (S extends Schedule ? Omit<S, 'rate'> : never) : never;
const withRate = (given: Given, rate = 0.1): Schedule => ({ rate, ...given }) as Schedule;

/** The rates of as many steps as the golden has, and it has some. */
function expectRates(schedule: Schedule, steps: number, golden: readonly number[], digits = 8): void {
  const rates = golden.map((_, step) => rateAt(schedule, { step, steps, plateau: firstPlateau(schedule) }));
  expect(rates.length).toBeGreaterThan(9);
  expect(rates).toEqual(golden.map((rate) => expect.closeTo(rate, digits)));
}

describe.skipIf(!there)('parity (needs ../shared/data)', () => {
  it.each<[string, number, Given]>([
    ['MultiStepLR [5, 8, 12] gamma .1', 20, { name: 'multiStep', at: [0.25, 0.4, 0.6] }],
    ['StepLR 4 gamma .5', 20, { name: 'step', every: 0.2, factor: 0.5 }],
    ['ExponentialLR .9', 20, { name: 'exponential', every: 0.05, factor: 0.9 }],
    ['CosineAnnealingWarmRestarts T0 4 mult 2', 20, { name: 'cosine', cycles: { first: 0.2, growth: 2 } }],
    ['LinearLR .1 to 1 in 5', 10, { name: 'constant', warmUp: { steps: 5, from: 0.01 } }],
    ['PolynomialLR 10 power .9', 10, { name: 'polynomial', power: 0.9 }],
    ['LinearLR 5 then CosineAnnealingLR 15', 20, { name: 'cosine', warmUp: { steps: 5, from: 0.001, rest: 'begins' } }],
    ['timm cosine warm-up 3', 10, { name: 'cosine', least: 0.001, warmUp: { steps: 3, from: 1e-4 } }],
    [
      'timm cosine warm-up 3 as prefix',
      13,
      { name: 'cosine', least: 0.001, warmUp: { steps: 3, from: 1e-4, rest: 'begins' } },
    ],
    ['timm cosine cycles 3 decay .5', 15, { name: 'cosine', cycles: { first: 1 / 3, factor: 0.5, most: 3 } }],
    ['timm cosine cycles mult 2', 21, { name: 'cosine', cycles: { first: 1 / 7, growth: 2, most: 3 } }],
    [
      'timm multistep [5, 8, 12] warm-up 3',
      20, // a milestone is the last step of the old rate in timm, the first of the new one in PyTorch and here
      { name: 'multiStep', at: [4 / 17, 7 / 17, 11 / 17], warmUp: { steps: 3, from: 1e-4, rest: 'begins' } },
    ],
  ])('PyTorch and timm: %s', (name, steps, given) => {
    expectRates(withRate(given), steps, torch(name).lr);
  });
  it('PyTorch: CosineAnnealingLR T 10 min .001, on its way down', () => {
    const { lr } = torch('CosineAnnealingLR T 10 min .001');
    expectRates(withRate({ name: 'cosine', least: 0.001 }), 10, lr.slice(0, 11)); // then it would climb again
  });
  it.each<[string, Given]>([
    ['OneCycleLR max .5 total 20', { name: 'oneCycle' }],
    [
      'OneCycleLR max .5 total 20 linear three phase',
      { name: 'oneCycle', rise: 0.4, shape: 'linear', phases: 'three' },
    ],
  ])('PyTorch: %s', (name, given) => {
    expectRates(withRate(given, 0.5), 20, torch(name).lr);
  });
  it.each<[string, Given]>([
    ['ReduceLROnPlateau default patience 2', { name: 'plateau', patience: 2 }],
    ['ReduceLROnPlateau patience 2 cooldown 2 factor .5', { name: 'plateau', patience: 2, cooldown: 2, factor: 0.5 }],
    [
      'ReduceLROnPlateau abs threshold .05 patience 1',
      { name: 'plateau', patience: 1, threshold: 0.05, thresholdIs: 'amount' },
    ],
    ['ReduceLROnPlateau min_lr .02', { name: 'plateau', patience: 1, factor: 0.3, least: 0.02 }],
  ])('PyTorch: %s', (name, given) => {
    const { metrics, lr } = torch(name);
    const schedule = withRate(given);
    let state = firstPlateau(schedule);
    const rates = metrics.map((metric) => {
      state = afterValidation(schedule, state, metric);
      return state.rate;
    });
    expect(rates).toHaveLength(20);
    for (const [i, rate] of rates.entries()) expect(rate / (lr[i] ?? 0)).toBeCloseTo(1, 9);
  });
  it.each<[string, number, Given]>([
    ['CosineDecay .1 10 alpha .01', 10, { name: 'cosine', least: 0.001 }],
    ['CosineDecay warm-up 3 to .1, decay 10', 13, { name: 'cosine', warmUp: { steps: 3, from: 1e-4, rest: 'begins' } }],
    ['ExponentialDecay .1 5 .5 staircase', 20, { name: 'step', every: 0.25, factor: 0.5 }],
    ['PolynomialDecay .1 10 .001 power 2', 10, { name: 'polynomial', power: 2, least: 0.001 }],
    // a boundary is the last step of the old rate in Keras, the first of the new one in PyTorch and here
    ['PiecewiseConstantDecay [5, 8] [.1, .01, .001]', 20, { name: 'multiStep', at: [0.3, 0.45] }],
  ])('Keras: %s', (name, steps, given) => {
    expectRates(withRate(given), steps, keras(name), 7); // float32
  });
});
