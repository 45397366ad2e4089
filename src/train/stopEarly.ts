import type { LossNumbers, Validation } from './report.ts';

/** When a run ends before its last epoch: when it has not become better. Plain data: part of a recipe. */
export interface StopEarly {
  /** Epochs without anything better that are borne. */
  readonly patience: number;
  /** What is better: lower than the best by more than this. Default 0. */
  readonly threshold?: number;
  /** What is looked at. Default the miss rate of the held-out images where there is one, else their loss, else the run's own. */
  readonly by?: 'missRate' | 'loss';
}

/** What early stopping remembers. Plain data: part of a checkpoint. */
export interface StopEarlyState {
  readonly best: number;
  /** Epochs from the best to the last that was looked at. */
  readonly since: number;
  /** The last that was looked at. */
  readonly epoch: number;
}

/** @throws RangeError for a number or a word that cannot be */
export function checkStopEarly(where: string, { patience, threshold = 0, by = 'loss' }: StopEarly): void {
  if (!(Number.isInteger(patience) && patience >= 1))
    throw new RangeError(`${where}: stopEarly.patience is ${patience}; it must be a whole number of epochs`);
  if (!(threshold >= 0 && Number.isFinite(threshold)))
    throw new RangeError(`${where}: stopEarly.threshold is ${threshold}; it must be 0 or more`);
  if (!['missRate', 'loss'].includes(by))
    throw new RangeError(`${where}: stopEarly.by is '${by}'; it must be missRate or loss`);
}

/**
 * What an epoch makes of the state; an epoch without a validation, where there is to be one, leaves it.
 *
 * @throws RangeError for a miss rate that is to be looked at and is not there
 * @see Keras, EarlyStopping, which bears as many epochs
 */
export function afterEpoch(
  { by, threshold = 0 }: StopEarly,
  state: StopEarlyState | undefined,
  { epoch, loss, validation }: { epoch: number; loss: LossNumbers; validation: Validation | undefined | 'none' },
): StopEarlyState | undefined {
  if (validation === undefined) return state;
  const held = validation === 'none' ? { loss } : validation;
  const rate = 'missRate' in held ? held.missRate?.logAverage : undefined;
  if (by === 'missRate' && rate === undefined)
    throw new RangeError('train: stopEarly is by missRate, but no held-out object counts; give validation, or loss');
  const now = by === 'loss' ? held.loss.total : (rate ?? held.loss.total);
  if (now === undefined) return state;
  if (state === undefined || now < state.best - threshold) return { best: now, since: 0, epoch };
  return { ...state, since: state.since + epoch - state.epoch, epoch };
}

/** Whether a run has borne as much as it is to. */
export const isOver = (rule: StopEarly | undefined, state: StopEarlyState | undefined): boolean =>
  rule !== undefined && state !== undefined && state.since >= rule.patience;
