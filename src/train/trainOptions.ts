import type { ImageCache } from '../data/batchCache.ts';
import type { Loaders } from '../data/loaders.ts';
import type { Sample } from '../data/sample.ts';
import type { CardOptions } from './card.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import { checkRecipe, type Recipe } from './recipe.ts';
import type { Report, Validation } from './report.ts';
import type { RunOn } from './runOn.ts';
import type { RunState } from './state.ts';
import { checkValidation, type ValidationOptions } from './validate.ts';

export interface TrainOptions {
  readonly data: readonly Sample[];
  readonly recipe: Recipe;
  readonly validation?: ValidationOptions;
  /** Of data order, augmentation and drop connect. Default 0, or the checkpoint's. */
  readonly seed?: number;
  /** Hears of the start, each step, each epoch before it is saved, and the end. The run waits for a promise. */
  readonly onReport?: (report: Report) => unknown;
  /** Finishes the step under way, saves and ends the run. */
  readonly signal?: AbortSignal;
  /** Gets the last checkpoint and the best one after each epoch, and the last one when the run is stopped or its data fail. */
  readonly checkpoints?: CheckpointStore;
  /** What checkpoints say of where the model is from, beside what the run knows itself. */
  readonly card?: CardOptions;
  /** Steps after which the last checkpoint is saved within an epoch too. Default: it is not. */
  readonly saveEvery?: number;
  /** The best checkpoints that are kept, each under its epoch and score. Default 0: the best of all, as `best`, alone. */
  readonly keep?: number;
  /** Goes on from this checkpoint, with the same bits as an unbroken run. */
  readonly resume?: Uint8Array;
  /** What it goes on with: the `same` recipe and images, or `changed` ones, if it was saved at the end of an epoch. Default `same`. */
  readonly resumeWith?: 'same' | 'changed';
  /** Images that are decoded already. */
  readonly cache?: ImageCache;
  /** Where the steps run. Default: our engine, in the place of tfjs's backends `cpu` and `wasm`; another backend that was chosen. */
  readonly on?: RunOn;
  /** Batches that are decoded beside the steps. Default 2. */
  readonly ahead?: number;
  /**
   * Workers that read and draw images beside the steps, or how many. Default: one less than there are cores for samples of
   * files in Node, at most 4, else none.
   */
  readonly workers?: number | Loaders;
  /** Called for an image that cannot be read; another takes its place. Default: the run is saved and fails, naming it. */
  readonly onBad?: (id: string, error: unknown) => void;
}

export interface TrainResult {
  /** It was done, it ended early as its recipe says, or it was asked to stop. */
  readonly why: 'done' | 'early' | 'stopped';
  readonly state: RunState;
  /** The last validation. */
  readonly validation: Validation | undefined;
}

/** @throws RangeError for options that cannot be, or do not go together */
export function checkTrain({ recipe, validation, saveEvery, keep = 0, checkpoints }: TrainOptions): void {
  checkRecipe(recipe);
  if (validation) checkValidation(validation);
  if (saveEvery !== undefined && !(Number.isInteger(saveEvery) && saveEvery >= 1))
    throw new RangeError(`train: saveEvery is ${saveEvery}; it must be a whole number of steps`);
  if (!(Number.isInteger(keep) && keep >= 0))
    throw new RangeError(`train: keep is ${keep}; it must be a whole number of checkpoints`);
  if (keep > 0 && !(validation && checkpoints?.remove))
    throw new RangeError(
      `train: keep is ${keep}, which needs a validation to judge by, and checkpoints that can be removed`,
    );
  if (recipe.stopEarly?.by === 'missRate' && !validation)
    throw new RangeError('train: stopEarly is by missRate, which needs a validation; give one, or by: loss');
}
