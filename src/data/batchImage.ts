import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import { type CutOptions, settle } from './augmentObjects.ts';
import { type PlanOptions, plan } from './augmentPlan.ts';
import { render } from './augmentRender.ts';
import type { ImageCache } from './batchCache.ts';
import { decode } from './batchDecode.ts';
import type { Turn } from './batchOrder.ts';
import type { RgbImage } from './image.ts';
import type { Placement } from './placement.ts';
import type { Sample } from './sample.ts';

export interface ImageOptions extends PlanOptions, CutOptions {
  readonly seed: number;
  readonly epoch: number;
  readonly cache?: ImageCache;
  readonly onBad?: (id: string, error: unknown) => void;
}

/** What is known of one image of a batch. */
export interface BatchImage {
  readonly sample: Sample;
  readonly objects: readonly Annotation[];
  readonly placement: Placement;
}

/** Substitutes that are drawn for an image that cannot be read. */
const substitutes = 10;

/**
 * Makes an image of a batch, its pixels into `into` from `start` on. Depends on (seed, epoch, turn) alone, and on which
 * images cannot be read: where that is allowed, others take their places, the same in every run.
 *
 * @throws the signal's reason, or an Error that names the sample that cannot be read and `where` it was asked for
 */
export async function makeImage(
  samples: readonly Sample[],
  { sample: number, again }: Turn,
  options: ImageOptions,
  { where, into, start, signal }: { where: string; into: Float32Array; start: number; signal: AbortSignal },
): Promise<BatchImage> {
  const { seed, epoch, method = 'antialias', fill = [127, 127, 127] } = options;
  const read = new Map<number, RgbImage>();
  const bad = new Map<number, unknown>();
  const album = {
    count: samples.length,
    standIn: (image: number) => standIn(image, bad, { seed, epoch, count: samples.length }),
    outline: (image: number) => {
      const { height, width, objects } = sampleAt(samples, image);
      return { size: [height, width] as const, objects };
    },
  };
  for (;;) {
    const own = album.standIn(number);
    const sample = sampleAt(samples, own);
    const random = keyedRandom(seed, epoch, sample.id, again ? 'augment again' : 'augment');
    if (!(await readAll([own]))) continue; // before its objects are asked for: a painted scene tells both at once
    const canvas = plan(own, random, album, options);
    const shown = canvas.photographs.filter(({ extent: [y1, x1, y2, x2] }) => y2 > y1 && x2 > x1);
    if (!(await readAll(shown.map(({ image }) => image)))) continue;
    render((image) => read.get(image) ?? nothing, canvas, { method, fill }, into, start);
    return { sample, objects: settle(canvas, options), placement: canvas.photographs[0].placement };
  }

  /** Whether all of them could be read; if not, the first that could not is known as bad now. */
  async function readAll(images: readonly number[]): Promise<boolean> {
    signal.throwIfAborted();
    const wanted = [...new Set(images)].filter((image) => !read.has(image));
    const results = await Promise.allSettled(
      wanted.map(async (image) => read.set(image, await decode(sampleAt(samples, image), where, options.cache))),
    );
    signal.throwIfAborted();
    for (const [i, result] of results.entries()) {
      const image = wanted[i];
      if (result.status === 'fulfilled' || image === undefined) continue;
      if (options.onBad === undefined) throw result.reason;
      options.onBad(sampleAt(samples, image).id, result.reason);
      bad.set(image, result.reason);
      return false;
    }
    return true;
  }
}

const nothing: RgbImage = { height: 0, width: 0, data: new Uint8Array(0) };

function sampleAt(samples: readonly Sample[], index: number): Sample {
  const sample = samples[index];
  if (sample === undefined) throw new RangeError(`batches: there is no sample ${index}`);
  return sample;
}

/** The image itself, or the first of its substitutes that is not known to be bad. @throws what the last of them said */
function standIn(
  image: number,
  bad: ReadonlyMap<number, unknown>,
  { seed, epoch, count }: { readonly seed: number; readonly epoch: number; readonly count: number },
): number {
  const random = keyedRandom(seed, epoch, image, 'substitute');
  let index = image;
  for (let tries = 0; bad.has(index); tries++) {
    if (tries === substitutes) throw bad.get(index);
    index = Math.floor(random() * count);
  }
  return index;
}
