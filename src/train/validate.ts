import type { ImageCache } from '../data/batchCache.ts';
import type { Sample } from '../data/sample.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { missRate } from '../evaluate/missRate.ts';
import { type Protocol, plainProtocol } from '../evaluate/protocol.ts';
import type { Predictor } from '../model/predict.ts';
import { evaluate } from './evaluate.ts';
import type { Recipe } from './recipe.ts';
import type { Validation } from './report.ts';
import type { RunOn } from './runOn.ts';

export interface ValidationOptions {
  readonly data: readonly Sample[];
  /** Default: every person counts unless it is to be ignored. */
  readonly protocol?: Protocol;
  /** What is reported of an image; goes before the model's own, field by field. */
  readonly rule?: PostprocessRule;
  /** Epochs from one validation to the next; the last epoch is always validated. Default 1. */
  readonly every?: number;
}

/** @throws RangeError without samples, or, of a protocol that was asked for, without an object that counts */
export function checkValidation({ data, protocol, every = 1 }: ValidationOptions): void {
  if (data.length === 0) throw new RangeError('train: validation.data is empty; give samples or leave validation out');
  if (!(Number.isInteger(every) && every >= 1))
    throw new RangeError(`train: validation.every is ${every}; it must be a whole number of epochs`);
  if (protocol) missRate(withoutDetections(data), protocol); // now, rather than after the first epoch
}

/** Loss and miss rate of held-out images; no miss rate where no object counts. @throws the signal's reason */
export async function validate(
  model: Predictor,
  { data, protocol = plainProtocol, rule }: ValidationOptions,
  {
    recipe,
    cache,
    on,
    signal,
  }: {
    readonly recipe: Recipe;
    readonly cache?: ImageCache;
    readonly on?: RunOn;
    readonly signal?: AbortSignal;
  },
): Promise<Validation> {
  const { images, loss } = await evaluate(model, data, {
    batch: recipe.batch,
    recipe,
    ...(recipe.fit ? { fit: recipe.fit } : {}),
    ...(rule ? { rule } : {}),
    ...(cache ? { cache } : {}),
    ...(on ? { on } : {}),
    ...(signal ? { signal } : {}),
  });
  if (!images.some(({ truths }) => countable(truths, protocol))) return { loss };
  const { logAverage, images: number, truths, detections } = missRate(images, protocol);
  return { loss, missRate: { logAverage, images: number, truths, detections } };
}

const withoutDetections = (data: readonly Sample[]) =>
  data.map(({ id, height, width, objects }) => ({
    id,
    size: [height, width] as const,
    truths: objects,
    detections: [],
  }));

/** Of the labels alone: the plain protocol has no other condition, and others were held to the data by checkValidation. */
const countable = (objects: Sample['objects'], { labels }: Protocol): boolean =>
  objects.some(({ label, ignore }) => labels.includes(label) && ignore === undefined);
