import type { HasParts } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { disposeSlots } from './applyStep.ts';
import { type Averages, disposeAverages, firstAverages } from './averages.ts';
import type { ModelCard } from './card.ts';
import type { Optimizer, SlotsOf } from './optimizer.ts';
import type { Recipe } from './recipe.ts';
import { checkResume } from './resume.ts';
import { firstPlateau } from './schedule.ts';
import { type CheckpointRecord, type RunState, readCheckpoint, slotsFor } from './state.ts';

export interface BeginOptions {
  readonly card: ModelCard;
  readonly recipe: Recipe;
  readonly seed?: number;
  readonly resume?: Uint8Array;
  readonly resumeWith?: 'same' | 'changed';
}

/** Where a run is: what a step changes. */
export interface Progress {
  readonly slots: SlotsOf;
  readonly state: RunState;
  readonly averages: Averages | undefined;
}

/** Where a run begins: at its first step, or where a checkpoint was. The caller disposes slots and averages. */
export function begin(
  model: HasParts,
  trained: readonly Weight[],
  optimizer: Optimizer,
  { resume, resumeWith = 'same', recipe, card, seed }: BeginOptions,
): Progress {
  const slots = slotsFor(optimizer, trained);
  const { images } = card.data;
  if (!resume) {
    const plateau = firstPlateau(recipe.schedule);
    const averages = recipe.ema ? firstAverages(model) : undefined;
    const state = { epoch: 0, stepInEpoch: 0, step: 0, seed: seed ?? 0, images, plateau, lossSums: {} };
    return { slots, averages, state };
  }
  const accept = (record: CheckpointRecord) => checkResume(record, { seed, card, recipe, resumeWith });
  let read: ReturnType<typeof readCheckpoint>;
  try {
    read = readCheckpoint(model, slots, resume, { accept });
  } finally {
    disposeSlots(slots);
  }
  const state = { ...read.record.state, images };
  if (recipe.ema && read.averages.size > 0) return { slots: read.slots, averages: read.averages, state };
  disposeAverages(read.averages);
  const averages = recipe.ema ? firstAverages(model) : undefined; // of a run that has had none so far
  return { slots: read.slots, averages, state };
}
