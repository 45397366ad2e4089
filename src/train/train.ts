import type { Predictor } from '../model/predict.ts';
import { trainLoop } from './trainLoop.ts';
import { checkTrain, type TrainOptions, type TrainResult } from './trainOptions.ts';

/**
 * Trains a detector on the current backend by a recipe. Images are decoded beside the steps; between steps the event
 * loop gets air. Numbers that are not finite stop the run before they are saved.
 *
 * @throws RangeError for a recipe, data or a checkpoint that cannot be, before anything is changed; Error naming step and
 *   images for a loss or weights that are not finite, and for an image that cannot be read, after the run is saved
 */
export async function train(model: Predictor, options: TrainOptions): Promise<TrainResult> {
  checkTrain(options);
  const { checkpoints } = options;
  await checkpoints?.open?.();
  try {
    return await trainLoop(model, options);
  } finally {
    await checkpoints?.close?.();
  }
}
