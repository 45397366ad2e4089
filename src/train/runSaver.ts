import type { HasParts } from '../core/block.ts';
import type { Progress } from './begin.ts';
import type { ModelCard } from './card.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import { badWeights, firstNotFinite, type NamedStep } from './finite.ts';
import { type CheckpointName, keptName } from './kept.ts';
import type { Recipe } from './recipe.ts';
import { type CheckpointRecord, type RunState, writeCheckpoint } from './state.ts';

export interface RunSaverOptions {
  readonly recipe: Recipe;
  readonly card: ModelCard;
  readonly checkpoints?: CheckpointStore;
  readonly keep?: number;
}

/** Saves a run. */
export interface RunSaver {
  /** @throws Error naming the step that has left weights that are not finite */
  readonly check: (before: NamedStep | undefined) => Promise<void>;
  /** Writes the last checkpoint. @throws what `check` and the store throw */
  readonly save: (progress: Progress, before: NamedStep | undefined) => Promise<void>;
  /** Writes all checkpoints that the end of an epoch asks for, the last one at the end: it says that the others are there. */
  readonly saveEpoch: (progress: Progress, best: boolean) => Promise<void>;
  /** Takes away what is no longer among the best, and gives the state without it. */
  readonly tidy: (state: RunState) => Promise<RunState>;
  /** Saves a run that cannot go on, and gives what is to be thrown. */
  readonly saveLost: (error: unknown, progress: Progress, before: NamedStep | undefined) => Promise<Error>;
}

export function runSaver(model: HasParts, { recipe, card, checkpoints, keep = 0 }: RunSaverOptions): RunSaver {
  let saved: number | undefined; // after how many steps
  const check = async (before: NamedStep | undefined) => {
    const bad = before && (await firstNotFinite(model));
    if (before && bad !== undefined) throw badWeights(before, bad);
  };
  const write = async (names: readonly CheckpointName[], { slots, state, averages }: Progress) => {
    if (!checkpoints) return;
    const record: CheckpointRecord = { format: 'pyramidion-checkpoint/2', state, recipe, card };
    const bytes = await writeCheckpoint(model, slots, record, averages);
    for (const name of names) await checkpoints.save(name, bytes, record);
    saved = state.step;
  };
  const save = async (progress: Progress, before: NamedStep | undefined) => {
    await check(before);
    await write(['last'], progress);
  };
  return {
    check,
    save,
    saveEpoch: async (progress, best) => {
      const { epoch, kept = [] } = progress.state;
      const own = kept.slice(0, keep).find((one) => one.epoch === epoch - 1);
      await write([...(own ? [keptName(own)] : []), ...(best ? (['best'] as const) : []), 'last'], progress);
    },
    tidy: async (state) => {
      const { kept = [] } = state;
      if (kept.length <= keep) return state;
      for (const one of kept.slice(keep)) await checkpoints?.remove?.(keptName(one));
      return { ...state, kept: kept.slice(0, keep) };
    },
    saveLost: async (error, progress, before) => {
      const { step } = progress.state;
      const said = error instanceof Error ? error.message : String(error);
      const lost = (how: string) => new Error(`train: after step ${step}: ${said}. ${how}`, { cause: error });
      if (!checkpoints) return lost('Nothing is saved: the run has no checkpoints');
      try {
        if (saved !== step) await save(progress, before);
      } catch (failure) {
        const why = failure instanceof Error ? failure.message : String(failure);
        return lost(`The run could not be saved either: ${why}`);
      }
      return lost('The run is saved: put this right and resume, or have unreadable images left out by onBad');
    },
  };
}
