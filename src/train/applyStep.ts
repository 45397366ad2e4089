import { dispose } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import type { Slots, SlotsOf } from './optimizer.ts';
import type { LossNumbers } from './report.ts';
import type { StepResults } from './step.ts';

/** Frees the slots of every weight. */
export const disposeSlots = (slots: SlotsOf): void => {
  for (const own of slots.values()) dispose(Object.values(own));
};

/** Frees what a step gave, save for its loss, when it is not to be applied. */
export function disposeStep({ weights, slots, statistics }: StepResults): void {
  dispose([...weights.values(), ...statistics.values()]);
  disposeSlots(slots);
}

/**
 * Gives the weights what a step gave, and frees the values that it replaces.
 *
 * @returns the slots from now on: new ones, and those of weights that the loss does not reach as they were
 */
export function applyStep(
  { weights, statistics, slots }: Pick<StepResults, 'weights' | 'statistics' | 'slots'>,
  before: SlotsOf,
): Map<Weight, Slots> {
  for (const [weight, value] of [...weights, ...statistics]) {
    weight.adopt(value);
  }
  const after = new Map(before);
  for (const [weight, own] of slots) {
    dispose(Object.values(before.get(weight) ?? {}));
    after.set(weight, own);
  }
  return after;
}

/** Reads the parts of a loss and frees them. */
export async function lossNumbers({ loss }: Pick<StepResults, 'loss'>): Promise<LossNumbers> {
  const parts = Object.entries(loss);
  const numbers = await Promise.all(parts.map(([, value]) => value.data()));
  dispose(parts.map(([, value]) => value));
  return Object.fromEntries(parts.map(([part], i) => [part, numbers[i]?.[0] ?? Number.NaN]));
}
