/** How the learning rate goes. Plain data: part of a recipe. */
export type Schedule = {
  /** Learning rate before any factor. */
  readonly rate: number;
  /** Steps over which the rate grows to what the rest says, in proportion. Default 0. */
  readonly warmUp?: number;
} & (
  | { readonly name: 'constant' }
  | {
      readonly name: 'multiStep';
      /** Shares of the run after which the rate is multiplied: [0.5, 0.9]. */
      readonly at: readonly number[];
      /** Default 0.1. */
      readonly factor?: number;
    }
  | PlateauSchedule
);

export interface PlateauSchedule {
  readonly name: 'plateau';
  /** The rate is multiplied when the validation loss has not fallen. Default 0.1. */
  readonly factor?: number;
  /** Validations without a fall that are borne. Default 10. */
  readonly patience?: number;
  /** What is a fall: below the best by this share of it. Default 1e-4. */
  readonly threshold?: number;
  /** The rate goes no lower. Default 0. */
  readonly least?: number;
}

/** What a plateau schedule remembers. Plain data: part of a checkpoint. */
export interface PlateauState {
  /** Lowest validation loss; absent before the first. */
  readonly best?: number;
  readonly bad: number;
  readonly rate: number;
}

export const firstPlateau = ({ rate }: Schedule): PlateauState => ({ bad: 0, rate });

/** What a validation loss makes of the state. Same rules as PyTorch's. @see PyTorch, ReduceLROnPlateau, mode min, threshold mode rel */
export function afterValidation(schedule: Schedule, state: PlateauState, loss: number): PlateauState {
  if (schedule.name !== 'plateau') return state;
  const { factor = 0.1, patience = 10, threshold = 1e-4, least = 0 } = schedule;
  if (state.best === undefined || loss < state.best * (1 - threshold)) return { best: loss, bad: 0, rate: state.rate };
  if (state.bad + 1 <= patience) return { ...state, bad: state.bad + 1 };
  const lower = Math.max(state.rate * factor, least);
  return { ...state, bad: 0, rate: state.rate - lower > 1e-8 ? lower : state.rate }; // 1e-8: PyTorch's eps
}

export interface ScheduleTime {
  /** Steps since the beginning, from 0. */
  readonly step: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly plateau: PlateauState;
}

/** The learning rate of a step. */
export function rateAt(schedule: Schedule, { step, steps, plateau }: ScheduleTime): number {
  const { warmUp = 0 } = schedule;
  const grown = warmUp > 0 ? Math.min(1, (step + 1) / warmUp) : 1;
  switch (schedule.name) {
    case 'constant':
      return schedule.rate * grown;
    case 'multiStep': {
      const { at, factor = 0.1 } = schedule;
      const passed = at.filter((share) => step >= Math.round(share * steps)).length;
      return schedule.rate * factor ** passed * grown;
    }
    case 'plateau':
      return plateau.rate * grown;
  }
}

/** @throws RangeError naming what cannot be */
export function checkSchedule(where: string, schedule: Schedule): void {
  const check = (field: string, value: number, fits: boolean, may: string) => {
    if (!(fits && Number.isFinite(value))) throw new RangeError(`${where}: ${field} is ${value}; it must be ${may}`);
  };
  const names: readonly string[] = ['constant', 'multiStep', 'plateau'];
  if (!names.includes(schedule.name))
    throw new RangeError(`${where}: there is no schedule '${schedule.name}'; there are ${names.join(', ')}`);
  const { rate, warmUp = 0 } = schedule;
  check('rate', rate, rate > 0, 'above 0');
  check('warmUp', warmUp, Number.isInteger(warmUp) && warmUp >= 0, 'a whole number of steps');
  if (schedule.name === 'constant') return;
  const { factor = 0.1 } = schedule;
  if (schedule.name === 'multiStep') {
    check('factor', factor, factor > 0, 'above 0');
    if (!schedule.at.every((share) => share > 0 && share < 1))
      throw new RangeError(`${where}: at is [${schedule.at}]; give shares of the run between 0 and 1`);
  } else {
    const { patience = 10, threshold = 1e-4, least = 0 } = schedule;
    check('factor', factor, factor > 0 && factor < 1, 'between 0 and 1');
    check('patience', patience, Number.isInteger(patience) && patience >= 0, 'a whole number of validations');
    check('threshold', threshold, threshold >= 0 && threshold < 1, 'at least 0 and below 1');
    check('least', least, least >= 0 && least <= rate, `0 to the rate, ${rate}`);
  }
}
