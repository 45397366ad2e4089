/** The rate falls when a validation has not brought the loss down. */
export interface PlateauSchedule {
  readonly name: 'plateau';
  /** The rate is multiplied when the validation loss has not fallen. Default 0.1. */
  readonly factor?: number;
  /** Validations without a fall that are borne. Default 10. */
  readonly patience?: number;
  /** What is a fall: below the best by this share of it. Default 1e-4. */
  readonly threshold?: number;
  /** What the threshold is: a `share` of the best, or an `amount`. Default `share`. */
  readonly thresholdIs?: 'share' | 'amount';
  /** Validations after a lowering in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The rate goes no lower. Default 0. */
  readonly least?: number;
}

/** What a plateau schedule remembers. Plain data: part of a checkpoint. */
export interface PlateauState {
  /** Lowest validation loss; absent before the first. */
  readonly best?: number;
  readonly bad: number;
  readonly rate: number;
  /** Validations that are left to cool down; absent where there are none. */
  readonly cooling?: number;
}

/** What a validation loss makes of the state. Same rules as PyTorch's. @see PyTorch, ReduceLROnPlateau, mode min */
export function afterPlateauValidation(schedule: PlateauSchedule, state: PlateauState, loss: number): PlateauState {
  const { factor = 0.1, patience = 10, threshold = 1e-4, thresholdIs = 'share', cooldown = 0, least = 0 } = schedule;
  const { best, rate } = state;
  const { cooling = 0 } = state;
  const below = (best: number) => (thresholdIs === 'share' ? best * (1 - threshold) : best - threshold);
  const fallen = best === undefined || loss < below(best);
  const known = fallen ? loss : best;
  const bad = fallen || cooling > 0 ? 0 : state.bad + 1;
  const left = cooling > 1 ? { cooling: cooling - 1 } : {};
  if (bad <= patience) return { best: known, bad, rate, ...left };
  const lower = Math.max(rate * factor, least);
  const next = rate - lower > 1e-8 ? lower : rate; // 1e-8: PyTorch's eps
  return { best: known, bad: 0, rate: next, ...(cooldown > 0 ? { cooling: cooldown } : {}) };
}
