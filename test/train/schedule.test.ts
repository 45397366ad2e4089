import { describe, expect, it } from 'vitest';
import { afterValidation, firstPlateau, rateAt, type Schedule } from '../../src/train/schedule.ts';
import { checkSchedule } from '../../src/train/scheduleCheck.ts';

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
  it("warms up by recipe C's rule: in proportion, the cosine running", () => {
    const schedule: Schedule = { name: 'cosine', rate: 3e-3, warmUp: 30 };
    for (const step of [0, 12, 29, 30, 240, 479]) {
      const expected = 3e-3 * Math.min(1, (step + 1) / 30) * 0.5 * (1 + Math.cos((Math.PI * step) / 480));
      expect(rateAt(schedule, { step, steps: 480, plateau: firstPlateau(schedule) })).toBeCloseTo(expected, 12);
    }
  });
  it('may warm up along a line of its own, and begin only then', () => {
    const line = { name: 'exponential', rate: 1, every: 0.5, factor: 0.5, warmUp: { steps: 10, from: 0.2 } } as const;
    expect([0, 5, 10, 20].map((step) => at(line, step))).toEqual([0.2, expect.closeTo(0.6, 12), 0.5, 0.25]); // half every 10 steps
    const begins: Schedule = { ...line, warmUp: { ...line.warmUp, rest: 'begins' } };
    expect([0, 5, 10, 15, 20].map((step) => at(begins, step))).toEqual([0.2, expect.closeTo(0.6, 12), 1, 0.5, 0.25]); // of 10 that are left
  });
  it('stays at its least when its time is over', () => {
    for (const schedule of [
      { name: 'cosine', rate: 1, least: 0.1 },
      { name: 'polynomial', rate: 1, least: 0.1 },
      { name: 'cosine', rate: 1, least: 0.1, cycles: { first: 0.5, most: 2 } },
    ] as const)
      expect([20, 25].map((step) => at(schedule, step))).toEqual([0.1, 0.1]);
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
    ['cooldown is -1', { name: 'plateau', rate: 1, cooldown: -1 }],
    ['least is 2', { name: 'cosine', rate: 1, least: 2 }],
    ['cycles.first is 0', { name: 'cosine', rate: 1, cycles: { first: 0 } }],
    ['every is 2', { name: 'step', rate: 1, every: 2 }],
    ['power is 0', { name: 'polynomial', rate: 1, power: 0 }],
    ['rise is 0.5', { name: 'oneCycle', rate: 1, rise: 0.5, phases: 'three' }],
    ['warmUp.steps is 1.5', { name: 'constant', rate: 1, warmUp: { steps: 1.5, from: 0 } }],
    ['warmUp.from is -1', { name: 'constant', rate: 1, warmUp: { steps: 1, from: -1 } }],
  ])('is refused where %s', (message, schedule) => {
    expect(() => checkSchedule('here', schedule)).toThrow(RangeError);
    expect(() => checkSchedule('here', schedule)).toThrow(`here: ${message}`);
  });
});
