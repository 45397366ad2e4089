import type { ImageCache } from '../data/batchCache.ts';
import { type Batch, batches } from '../data/batches.ts';
import { batchCount } from '../data/batchOrder.ts';
import type { Loaders } from '../data/loaders.ts';
import type { Size } from '../data/placement.ts';
import type { Sample } from '../data/sample.ts';
import type { Recipe } from './recipe.ts';

/** Images in a step of a recipe, all its parts together. */
export const imagesPerStep = ({ batch, accumulate = 1 }: Recipe): number => batch * accumulate;

/** Steps in an epoch over so many images. @throws RangeError for images that fill no step */
export function stepsInEpoch(images: number, recipe: Recipe): number {
  const { batch, accumulate = 1, last } = recipe;
  if (accumulate > 1 && images < batch * accumulate)
    throw new RangeError(
      `train: a step has ${accumulate} parts of ${batch} images, ${batch * accumulate} together, but there are ${images}`,
    );
  return batchCount(images, { batch: batch * accumulate, ...(last ? { last } : {}) });
}

export interface RunBatchesOptions {
  readonly recipe: Recipe;
  /** Of the input. */
  readonly size: Size;
  readonly seed: number;
  readonly epoch: number;
  /** The first step. */
  readonly from: number;
  readonly cache?: ImageCache | undefined;
  readonly ahead?: number | undefined;
  readonly workers?: Loaders | undefined;
  readonly onBad?: ((id: string, error: unknown) => void) | undefined;
}

/** The images of each step of an epoch, all parts of a step together. */
export function runBatches(
  data: readonly Sample[],
  { recipe, cache, ahead, workers, onBad, ...at }: RunBatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  return batches(data, {
    ...recipe.fit,
    ...recipe.cut,
    ...at,
    batch: imagesPerStep(recipe),
    ...(recipe.last ? { last: recipe.last } : {}),
    progress: Math.min(1, at.epoch / recipe.epochs),
    augment: recipe.augment ?? [],
    ...(cache ? { cache } : {}),
    ...(ahead === undefined ? {} : { ahead }),
    ...(workers ? { workers } : {}),
    ...(onBad ? { onBad } : {}),
  });
}

/** The same batches; where one cannot be had, throws what `lost` makes of that. */
export async function* orLost<T>(
  images: AsyncIterable<T>,
  lost: (error: unknown) => Promise<Error>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* images;
  } catch (error) {
    throw await lost(error);
  }
}
