import { metricsOf } from './card.ts';
import { withKept } from './kept.ts';
import type { Recipe } from './recipe.ts';
import type { LossNumbers, Validation } from './report.ts';
import { afterValidation } from './schedule.ts';
import type { RunState } from './state.ts';
import { afterEpoch } from './stopEarly.ts';

export interface EpochOutcome {
  /** Mean over the steps. */
  readonly loss: LossNumbers;
  /** Undefined where this epoch has none. */
  readonly validation: Validation | undefined;
  /** Whether some epochs have one. */
  readonly validates: boolean;
  /** How many checkpoints are kept. */
  readonly keep: number;
}

/** What the end of an epoch makes of the state of a run, and whether it was the best so far. */
export function afterRunEpoch(
  state: RunState,
  { schedule, stopEarly }: Recipe,
  { loss, validation, validates, keep }: EpochOutcome,
): { readonly state: RunState; readonly best: boolean } {
  const { epoch, plateau } = state;
  const score = validation?.missRate?.logAverage ?? validation?.loss.total;
  const best = score !== undefined && (state.best === undefined || score < state.best);
  const watched = validates ? validation?.loss.total : loss.total;
  const judged = { epoch, loss, validation: validates ? validation : ('none' as const) };
  const early = stopEarly && afterEpoch(stopEarly, state.stopEarly, judged);
  return {
    best,
    state: {
      ...state,
      epoch: epoch + 1,
      stepInEpoch: 0,
      lossSums: {},
      metrics: metricsOf(epoch + 1, loss, validation ?? state.metrics?.validation),
      ...(best ? { best: score } : {}),
      ...(early ? { stopEarly: early } : {}),
      ...(keep > 0 && score !== undefined ? { kept: withKept(state.kept ?? [], { epoch, score }, keep) } : {}),
      plateau: watched === undefined ? plateau : afterValidation(schedule, plateau, watched),
    },
  };
}
