/** A rate that is multiplied at some moments. @see PyTorch, MultiStepLR; Keras, PiecewiseConstantDecay */
export interface MultiStepSchedule {
  readonly name: 'multiStep';
  /** Shares of the run after which the rate is multiplied: [0.5, 0.9]. */
  readonly at: readonly number[];
  /** Default 0.1. */
  readonly factor?: number;
}

/** A rate that is multiplied again and again, at once (`step`) or little by little (`exponential`). @see PyTorch, StepLR, ExponentialLR; Keras, ExponentialDecay */
export interface DecaySchedule {
  readonly name: 'step' | 'exponential';
  /** Share of the run in which the rate is multiplied once. */
  readonly every: number;
  /** By what. Default 0.1. */
  readonly factor?: number;
}

/** A rate that falls to a last one by (1 - t)^power. @see PyTorch, PolynomialLR; Keras, PolynomialDecay */
export interface PolynomialSchedule {
  readonly name: 'polynomial';
  /** Default 1: a straight line. */
  readonly power?: number;
  /** The last rate. Default 0. */
  readonly least?: number;
}

/** A rate that falls along half a cosine, once or in cycles. @see Loshchilov and Hutter, SGDR, 2017; timm, CosineLRScheduler */
export interface CosineSchedule {
  readonly name: 'cosine';
  /** The last rate. Default 0. */
  readonly least?: number;
  /** Begins again from the top. Default: it falls once. */
  readonly cycles?: {
    /** Share of the run that the first cycle takes. */
    readonly first: number;
    /** Length of a cycle over that before. Default 1. */
    readonly growth?: number;
    /** Its highest rate over that before. Default 1. */
    readonly factor?: number;
    /** How many; after them the rate stays the least. Default as many as there is time for. */
    readonly most?: number;
  };
}

/** A rate that rises to `rate` and falls to next to nothing. The momentum stays as it is. @see Smith and Topin, 2018; PyTorch, OneCycleLR */
export interface OneCycleSchedule {
  readonly name: 'oneCycle';
  /** Share of the run in which it rises. Default 0.3. */
  readonly rise?: number;
  /** The highest rate over the first. Default 25. */
  readonly divide?: number;
  /** The first rate over the last. Default 1e4. */
  readonly divideLast?: number;
  /** Default `cosine`. */
  readonly shape?: 'cosine' | 'linear';
  /** `two`: up, and down to the last; `three`: up, down in the same time to the first rate, then to the last. Default `two`. */
  readonly phases?: 'two' | 'three';
}

export type ShapeSchedule = MultiStepSchedule | DecaySchedule | PolynomialSchedule | CosineSchedule | OneCycleSchedule;

/** Where a run is: steps taken, and of the whole run. */
interface Time {
  readonly step: number;
  readonly steps: number;
}

const along = (from: number, to: number, part: number, shape: 'cosine' | 'linear'): number =>
  shape === 'linear' ? from + (to - from) * part : to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part));

/** The rate of a step, before any warm-up. */
export function shapeAt(schedule: ShapeSchedule, rate: number, time: Time): number {
  const { step, steps } = time;
  switch (schedule.name) {
    case 'multiStep': {
      const { at, factor = 0.1 } = schedule;
      return rate * factor ** at.filter((share) => step >= Math.round(share * steps)).length;
    }
    case 'step':
      return rate * (schedule.factor ?? 0.1) ** Math.floor(step / Math.max(1, Math.round(schedule.every * steps)));
    case 'exponential':
      return rate * (schedule.factor ?? 0.1) ** (step / (schedule.every * steps));
    case 'polynomial': {
      const { power = 1, least = 0 } = schedule;
      return least + (rate - least) * Math.max(0, 1 - step / steps) ** power;
    }
    case 'cosine':
      return schedule.cycles === undefined
        ? along(rate, schedule.least ?? 0, Math.min(1, step / steps), 'cosine')
        : cycleAt(schedule.cycles, { rate, least: schedule.least ?? 0 }, time);
    case 'oneCycle':
      return oneCycleAt(schedule, rate, time);
  }
}

function cycleAt(
  { first, growth = 1, factor = 1, most = Number.POSITIVE_INFINITY }: NonNullable<CosineSchedule['cycles']>,
  { rate, least }: { readonly rate: number; readonly least: number },
  { step, steps }: Time,
): number {
  let [length, start, high] = [Math.max(1, Math.round(first * steps)), 0, rate];
  for (let cycle = 0; cycle < most; cycle++) {
    if (step < start + length) return along(high, least, (step - start) / length, 'cosine');
    start += length;
    length = Math.max(1, Math.round(length * growth));
    high *= factor;
  }
  return least;
}

function oneCycleAt(schedule: OneCycleSchedule, highest: number, { step, steps }: Time): number {
  const { rise = 0.3, divide = 25, divideLast = 1e4, shape = 'cosine', phases = 'two' } = schedule;
  const first = highest / divide;
  const [top, end] = [rise * steps - 1, steps - 1];
  const turns: readonly (readonly [end: number, from: number, to: number])[] =
    phases === 'two'
      ? [
          [top, first, highest],
          [end, highest, first / divideLast],
        ]
      : [
          [top, first, highest],
          [2 * top, highest, first],
          [end, first, first / divideLast],
        ];
  let start = 0;
  for (const [until, from, to] of turns) {
    if (step <= until) return along(from, to, (step - start) / (until - start), shape);
    start = until;
  }
  return first / divideLast;
}
