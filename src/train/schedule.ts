import { afterPlateauValidation, type PlateauSchedule, type PlateauState } from './schedulePlateau.ts';
import { type ShapeSchedule, shapeAt } from './scheduleShapes.ts';

/** How the learning rate goes. Plain data: part of a recipe. */
export type Schedule = {
  /** Learning rate before any factor. */
  readonly rate: number;
  /** Steps over which the rate grows to what the rest says, in proportion; or another way to begin. Default 0. */
  readonly warmUp?: number | WarmUp;
} & ({ readonly name: 'constant' } | ShapeSchedule | PlateauSchedule);

/** A straight line from a first rate up to `rate`. @see timm, CosineLRScheduler, warmup_t; PyTorch, LinearLR */
export interface WarmUp {
  readonly steps: number;
  /** The first rate. */
  readonly from: number;
  /** The rest `joins`, as far as it has come meanwhile, or `begins` then and takes the steps that are left. Default `joins`. */
  readonly rest?: 'joins' | 'begins';
}

export const firstPlateau = ({ rate }: Schedule): PlateauState => ({ bad: 0, rate });

/** What a validation loss makes of the state. */
export const afterValidation = (schedule: Schedule, state: PlateauState, loss: number): PlateauState =>
  schedule.name === 'plateau' ? afterPlateauValidation(schedule, state, loss) : state;

export interface ScheduleTime {
  /** Steps since the beginning, from 0. */
  readonly step: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly plateau: PlateauState;
}

/** The learning rate of a step. */
export function rateAt(schedule: Schedule, time: ScheduleTime): number {
  const { rate, warmUp = 0 } = schedule;
  const { step, steps } = time;
  if (typeof warmUp === 'number') {
    const grown = warmUp > 0 ? Math.min(1, (step + 1) / warmUp) : 1;
    return laterRate(schedule, time) * grown;
  }
  if (step < warmUp.steps) return warmUp.from + ((rate - warmUp.from) * step) / warmUp.steps;
  if ((warmUp.rest ?? 'joins') === 'joins') return laterRate(schedule, time);
  return laterRate(schedule, { ...time, step: step - warmUp.steps, steps: Math.max(1, steps - warmUp.steps) });
}

function laterRate(schedule: Schedule, { plateau, ...time }: ScheduleTime): number {
  switch (schedule.name) {
    case 'constant':
      return schedule.rate;
    case 'plateau':
      return plateau.rate;
    default:
      return shapeAt(schedule, schedule.rate, time);
  }
}
