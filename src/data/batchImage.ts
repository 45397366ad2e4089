import type { Annotation } from '../core/annotation.ts';
import { keyedRandom } from '../core/random.ts';
import type { Canvas } from './augmentCanvas.ts';
import { type CutOptions, settle } from './augmentObjects.ts';
import { type PlanOptions, plan } from './augmentPlan.ts';
import { drawingOf, render } from './augmentRender.ts';
import type { ImageCache } from './batchCache.ts';
import { decode, placeOf, unreadable } from './batchDecode.ts';
import type { Turn } from './batchOrder.ts';
import type { RgbImage } from './image.ts';
import { type Loaders, UnreadPicture } from './loaders.ts';
import type { Placement } from './placement.ts';
import type { Sample } from './sample.ts';

export interface ImageOptions extends PlanOptions, CutOptions {
  readonly seed: number;
  readonly epoch: number;
  readonly cache?: ImageCache;
  readonly workers?: Loaders;
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
  const { seed, epoch, cache } = options;
  const workers = options.workers?.count ? options.workers : undefined;
  const read = new Map<number, RgbImage>();
  const bad = new Map<number, unknown>();
  const readable = (image: number) => standIn(image, bad, { seed, epoch, count: samples.length });
  const album = {
    other: (image: number, drawn: number) => readable(anotherThan(image, samples.length, drawn)),
    outline: (image: number) => {
      const { height, width, objects } = sampleAt(samples, image);
      return { size: [height, width] as const, objects };
    },
  };
  const place = (image: number) => (cache ? undefined : placeOf(sampleAt(samples, image))); // a cache wants the pixels here
  for (;;) {
    signal.throwIfAborted();
    const own = readable(number);
    const sample = sampleAt(samples, own);
    const random = keyedRandom(seed, epoch, sample.id, again ? 'augment again' : 'augment');
    const remote = workers !== undefined && place(own) !== undefined;
    if (!remote && !(await readAll([own]))) continue; // before its objects are asked for: a painted scene tells both at once
    const canvas = plan(own, random, album, options);
    const shown = canvas.photographs.filter(({ extent: [y1, x1, y2, x2] }) => y2 > y1 && x2 > x1);
    const images = [...new Set(shown.map(({ image }) => image))];
    const here = workers ? images.filter((image) => place(image) === undefined) : images;
    if (!(await readAll(here))) continue;
    if (!(await draw(canvas, images))) continue;
    return { sample, objects: settle(canvas, options), placement: canvas.photographs[0].placement };
  }

  /** Whether it is drawn; if not, a picture that a worker could not read is known as bad now. */
  async function draw(canvas: Canvas, images: readonly number[]): Promise<boolean> {
    const drawing = drawingOf(canvas, options);
    if (workers === undefined) {
      render((image) => read.get(image) ?? nothing, drawing, into, start);
      return true;
    }
    const pictures = new Map(images.map((image) => [image, read.get(image) ?? place(image) ?? nothing]));
    try {
      const pixels = await workers.draw({ drawing, pictures }, signal);
      into.set(pixels, start);
      workers.giveBack(pixels);
      return true;
    } catch (error) {
      if (signal.aborted || !(error instanceof UnreadPicture)) throw error;
      isBad(error.picture, unreadable(sampleAt(samples, error.picture), where, error.cause));
      return false;
    }
  }

  /** Whether all of them could be read; if not, the first that could not is known as bad now. */
  async function readAll(images: readonly number[]): Promise<boolean> {
    const wanted = images.filter((image) => !read.has(image));
    const results = await Promise.allSettled(
      wanted.map(async (image) => {
        const from = { cache, loaders: workers, signal };
        read.set(image, await decode(sampleAt(samples, image), where, from));
      }),
    );
    signal.throwIfAborted();
    const failed = results.findIndex(({ status }) => status === 'rejected');
    const [image, result] = [wanted[failed], results[failed]];
    if (image === undefined || result?.status !== 'rejected') return true;
    isBad(image, result.reason);
    return false;
  }

  /** @throws the reason, where nobody allows another image in its place */
  function isBad(image: number, reason: unknown): void {
    if (options.onBad === undefined) throw reason;
    options.onBad(sampleAt(samples, image).id, reason);
    bad.set(image, reason);
  }
}

const nothing: RgbImage = { height: 0, width: 0, data: new Uint8Array(0) };

/** Any image but one, where there are others. */
function anotherThan(image: number, count: number, drawn: number): number {
  const index = Math.floor(Math.max(1, count - 1) * drawn);
  return index < image || count === 1 ? index : index + 1;
}

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
