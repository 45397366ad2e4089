import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import { augmentInto } from './augment.ts';
import { checkAugmentations } from './augmentCheck.ts';
import { type CutOptions, checkCut } from './augmentObjects.ts';
import type { Augmentation } from './augmentSteps.ts';
import { type AheadOptions, checkAhead, inOrder } from './batchAhead.ts';
import type { ImageCache } from './batchCache.ts';
import { decode } from './batchDecode.ts';
import { batchOrder, type OrderOptions, type Turn } from './batchOrder.ts';
import { checkFit, type FitOptions } from './letterbox.ts';
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
  /** The first batch, for a run that is resumed. Default 0. */
  readonly from?: number;
  /** Images that are decoded already. Default none. */
  readonly cache?: ImageCache;
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
  const { size, augment: steps = [], from = 0, epoch, seed } = options;
  checkSize('batches: size', size);
  checkAugmentations('batches', steps);
  checkFit('batches', options);
  checkCut('batches', options);
  checkAhead('batches', options);
  const order = batchOrder(samples.length, options);
  if (!(Number.isInteger(from) && from >= 0 && from <= order.length))
    throw new RangeError(
      `batches: from is ${from}; the epoch has ${order.length} batches, so it must be 0 to ${order.length}`,
    );
  const stride = size[0] * size[1] * 3;

  async function make(index: number, signal: AbortSignal): Promise<Batch> {
    const turns = order[from + index] ?? [];
    const images = new Float32Array(turns.length * stride);
    const place = async ({ sample: number, again }: Turn, i: number) => {
      const where = `image ${i} of batch ${from + index}, epoch ${epoch}`;
      const { sample, image } = await readable(samples, number, where, options, signal);
      const random = keyedRandom(seed, epoch, sample.id, again ? 'augment again' : 'augment');
      return { sample, ...augmentInto(image, sample.objects, { ...options, steps, random }, images, i * stride) };
    };
    const made = await Promise.all(turns.map(place));
    return {
      index: from + index,
      size,
      images,
      ids: made.map(({ sample }) => sample.id),
      samples: made.map(({ sample }) => sample),
      objects: made.map(({ objects }) => objects),
      placements: made.map(({ placement }) => placement),
    };
  }
  return inOrder(order.length - from, make, options);
}

/** Substitutes that are tried for an image that cannot be read. */
const substitutes = 10;

/** A sample and its pixels; where they cannot be read and that is allowed, another sample's, the same in every run. */
async function readable(
  samples: readonly Sample[],
  number: number,
  where: string,
  { seed, epoch, cache, onBad }: BatchOptions,
  signal: AbortSignal,
) {
  const random = keyedRandom(seed, epoch, number, 'substitute');
  for (let tries = 0, index = number; ; tries++, index = Math.floor(random() * samples.length)) {
    const sample = samples[index];
    if (sample === undefined) throw new RangeError(`batches: there is no sample ${index}`);
    signal.throwIfAborted();
    try {
      const image = await decode(sample, where, cache);
      signal.throwIfAborted();
      return { sample, image };
    } catch (error) {
      if (signal.aborted || onBad === undefined || tries >= substitutes) throw error;
      onBad(sample.id, error);
    }
  }
}
