import { keyedRandom } from '../core/random.ts';
import { shuffled } from './augmentRandom.ts';

/** One image of an epoch. */
export interface Turn {
  /** Index of the sample. */
  readonly sample: number;
  /** Whether the epoch had this sample before: it refills the last batch. */
  readonly again: boolean;
}

export interface OrderOptions {
  /** Images in a batch. */
  readonly batch: number;
  /** With the epoch, it decides the order and every augmentation. */
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
  /** Whether each epoch has an order of its own. Default true. */
  readonly shuffle?: boolean;
  /** What becomes of samples that do not fill a batch: left out this time, or joined by the first of the epoch. Default `drop`. */
  readonly last?: 'drop' | 'refill';
}

/** Batches of an epoch. @throws RangeError without samples, or for a batch that they do not fill */
export function batchCount(samples: number, { batch, last = 'drop' }: Pick<OrderOptions, 'batch' | 'last'>): number {
  checkBatch('batches', samples, batch);
  if (batch > samples)
    throw new RangeError(
      `batches: batch is ${batch} but there are ${samples} samples; use a batch of at most ${samples}`,
    );
  return last === 'drop' ? Math.floor(samples / batch) : Math.ceil(samples / batch);
}

/** The samples of each batch of an epoch. Needs nothing but the numbers given, so that an epoch can be resumed anywhere. */
export function batchOrder(samples: number, options: OrderOptions): Turn[][] {
  const { batch, seed, epoch, shuffle = true } = options;
  const count = batchCount(samples, options);
  const inOrder = Array.from({ length: samples }, (_, i) => i);
  const order = shuffle ? shuffled(inOrder, keyedRandom(seed, epoch, 'order')) : inOrder;
  const turn = (i: number): Turn => ({ sample: order[i % samples] ?? 0, again: i >= samples });
  return Array.from({ length: count }, (_, b) => Array.from({ length: batch }, (_, i) => turn(b * batch + i)));
}

/** @throws RangeError without samples, or unless a batch is a whole number of images */
export function checkBatch(where: string, samples: number, batch: number): void {
  if (samples === 0)
    throw new RangeError(`${where}: there are no samples; look at the folder and the selection of the reader`);
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new RangeError(`${where}: batch is ${batch}; it must be a whole number of at least 1 image`);
}
