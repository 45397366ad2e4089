import type { Annotation } from '../core/annotation.ts';
import { checkAugmentations } from './augmentCheck.ts';
import { type CutOptions, checkCut } from './augmentObjects.ts';
import type { Augmentation } from './augmentSteps.ts';
import { type AheadOptions, checkAhead, inOrder } from './batchAhead.ts';
import type { ImageCache } from './batchCache.ts';
import { makeImage } from './batchImage.ts';
import { batchOrder, type OrderOptions, type Turn } from './batchOrder.ts';
import { checkFit, type FitOptions } from './letterbox.ts';
import type { Loaders } from './loaders.ts';
import { checkSize, type Placement, type Size } from './placement.ts';
import type { Sample } from './sample.ts';

/** Images of one size, with what is known of each. */
export interface Batch {
  /** Its place in the epoch, from 0. */
  readonly index: number;
  /** Height and width of the images. */
  readonly size: Size;
  /** [batch, height, width, 3], 0-255 RGB, flat. */
  readonly images: Float32Array;
  /** The samples' own names. */
  readonly ids: readonly string[];
  /** As the reader gave them. */
  readonly samples: readonly Sample[];
  /** Objects of each image, pixels of the input. */
  readonly objects: readonly (readonly Annotation[])[];
  /** From each original into the input; `inverse` of it brings detections back. */
  readonly placements: readonly Placement[];
}

export interface BatchOptions extends FitOptions, CutOptions, OrderOptions, AheadOptions {
  /** Height and width of the input, pixels. */
  readonly size: Size;
  /** Augmentations, in order. Default none. */
  readonly augment?: readonly Augmentation[];
  /** Share of the run that is over when the epoch begins, for steps that rest at its end. Default 0. */
  readonly progress?: number;
  /** The first batch, for a run that is resumed. Default 0. */
  readonly from?: number;
  /** Images that are decoded already. Default none. */
  readonly cache?: ImageCache;
  /** Draw images beside the steps, with the same bits, and read those whose samples say where they lie. Default none. */
  readonly workers?: Loaders;
  /** Called for an image that cannot be read; another takes its place. Default: the epoch fails, naming it. */
  readonly onBad?: (id: string, error: unknown) => void;
}

/**
 * The batches of one training epoch, in an order and with augmentations that depend on (seed, epoch, sample) alone: not
 * on timing, on how far it looks ahead, or on where it begins. Later images are decoded while a batch is in use.
 * Every batch is full.
 *
 * @throws RangeError or TypeError at the call for options that cannot be; while iterating, the signal's reason, or an
 * Error that names the sample that cannot be read
 */
export function batches(samples: readonly Sample[], options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  const { size, augment: steps = [], from = 0, epoch, progress = 0 } = options;
  checkSize('batches: size', size);
  checkAugmentations('batches', steps);
  checkFit('batches', options);
  checkCut('batches', options);
  checkAhead('batches', options);
  if (!(progress >= 0 && progress <= 1))
    throw new RangeError(`batches: progress is ${progress}; it must be a share of the run, 0 to 1`);
  const order = batchOrder(samples.length, options);
  if (!(Number.isInteger(from) && from >= 0 && from <= order.length))
    throw new RangeError(
      `batches: from is ${from}; the epoch has ${order.length} batches, so it must be 0 to ${order.length}`,
    );
  const stride = size[0] * size[1] * 3;

  async function make(index: number, signal: AbortSignal): Promise<Batch> {
    const turns = order[from + index] ?? [];
    const images = new Float32Array(turns.length * stride);
    const place = (turn: Turn, i: number) =>
      makeImage(
        samples,
        turn,
        { ...options, steps },
        {
          where: `image ${i} of batch ${from + index}, epoch ${epoch}`,
          into: images,
          start: i * stride,
          signal,
        },
      );
    const all = await Promise.all(turns.map(place));
    return {
      index: from + index,
      size,
      images,
      ids: all.map(({ sample }) => sample.id),
      samples: all.map(({ sample }) => sample),
      objects: all.map(({ objects }) => objects),
      placements: all.map(({ placement }) => placement),
    };
  }
  return inOrder(order.length - from, make, options);
}
