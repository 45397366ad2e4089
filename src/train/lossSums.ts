import type { LossNumbers } from './report.ts';

/** Sums of the parts of losses, with those of one more. */
export const addedLoss = (sums: LossNumbers, loss: LossNumbers): LossNumbers =>
  Object.fromEntries(Object.entries(loss).map(([part, value]) => [part, (sums[part] ?? 0) + value]));

/** Sums over so many, as means. */
export const meanLoss = (sums: LossNumbers, count: number): LossNumbers =>
  Object.fromEntries(Object.entries(sums).map(([part, sum]) => [part, sum / count]));

export const isFiniteLoss = (loss: LossNumbers): boolean => Object.values(loss).every(Number.isFinite);
