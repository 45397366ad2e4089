import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterValidation, checkSchedule, firstPlateau, rateAt, type Schedule } from '../../src/train/schedule.ts';

const file = new URL('../../../shared/data/parity/training.json', import.meta.url);
const there = existsSync(file);
interface Goldens {
  readonly schedules: Record<string, { readonly lr: number[]; readonly metrics: number[] }>;
}
const golden = (name: string) => {
  const { schedules }: Goldens = JSON.parse(readFileSync(file, 'utf8'));
  return schedules[name] ?? { lr: [], metrics: [] };
};

describe('a schedule', () => {
  const at = (schedule: Schedule, step: number) =>
    rateAt(schedule, { step, steps: 20, plateau: firstPlateau(schedule) });

  it('of many steps falls after shares of the run, within an epoch too', () => {
    const schedule: Schedule = { name: 'multiStep', rate: 1, at: [0.5, 0.9] };
    expect([9, 10, 17, 18].map((step) => at(schedule, step))).toEqual([1, 0.1, 0.1, expect.closeTo(0.01, 12)]);
  });
  it('warms up in proportion, whatever it does after', () => {
    const warming = { rate: 1, warmUp: 4 } as const;
    for (const schedule of [
      { ...warming, name: 'constant' },
      { ...warming, name: 'plateau' },
      { ...warming, name: 'multiStep', at: [0.5] },
    ] as const)
      expect([0, 1, 2, 3, 4].map((step) => at(schedule, step))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });
  it('of a plateau remembers in plain data, which a file can hold before and after the first validation', () => {
    const schedule: Schedule = { name: 'plateau', rate: 1, patience: 0 };
    const first = firstPlateau(schedule);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    const second = afterValidation(schedule, first, 5);
    expect(second).toEqual({ best: 5, bad: 0, rate: 1 });
    expect(afterValidation(schedule, second, 5)).toEqual({ best: 5, bad: 0, rate: 0.1 });
  });
  it.each<[string, Schedule]>([
    ['rate is 0', { name: 'constant', rate: 0 }],
    ['warmUp is -1', { name: 'constant', rate: 1, warmUp: -1 }],
    ['at is [0.5,1]', { name: 'multiStep', rate: 1, at: [0.5, 1] }],
    ['factor is 0', { name: 'multiStep', rate: 1, at: [0.5], factor: 0 }],
    ['factor is 2', { name: 'plateau', rate: 1, factor: 2 }],
    ['patience is 1.5', { name: 'plateau', rate: 1, patience: 1.5 }],
    ['threshold is 1', { name: 'plateau', rate: 1, threshold: 1 }],
    ['least is 2', { name: 'plateau', rate: 1, least: 2 }],
  ])('is refused where %s', (message, schedule) => {
    expect(() => checkSchedule('here', schedule)).toThrow(RangeError);
    expect(() => checkSchedule('here', schedule)).toThrow(`here: ${message}`);
  });
});

describe.skipIf(!there)('parity with PyTorch (needs ../shared/data)', () => {
  it.each([
    ['ReduceLROnPlateau default patience 2', { patience: 2 }],
    ['ReduceLROnPlateau min_lr .02', { patience: 1, factor: 0.3, least: 0.02 }],
  ])('%s', (name, options) => {
    const { metrics, lr } = golden(name);
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
    const { lr } = golden('MultiStepLR [5, 8, 12] gamma .1');
    const schedule: Schedule = { name: 'multiStep', rate: 0.1, at: [0.25, 0.4, 0.6] };
    const rates = lr.map((_, step) => rateAt(schedule, { step, steps: 20, plateau: firstPlateau(schedule) }));
    expect(rates).toHaveLength(20);
    expect(rates).toEqual(lr.map((rate) => expect.closeTo(rate, 9)));
  });
});
