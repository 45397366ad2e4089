import type { Box } from '../core/annotation.ts';
import type { ImageCache } from '../data/batchCache.ts';
import type { Sample } from '../data/sample.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { missRate } from '../evaluate/missRate.ts';
import { type Protocol, plainProtocol } from '../evaluate/protocol.ts';
import type { Predictor } from '../model/predict.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { Recipe } from './recipe.ts';
import type { ShownImage, Validation } from './report.ts';
import type { RunOn } from './runOn.ts';

export interface ValidationOptions {
  readonly data: readonly Sample[];
  /** Default: every person counts unless it is to be ignored. */
  readonly protocol?: Protocol;
  /** What is reported of an image; goes before the model's own, field by field. */
  readonly rule?: PostprocessRule;
  /** Epochs from one validation to the next; the last epoch is always validated. Default 1. */
  readonly every?: number;
  /** Images whose detections are reported, the first so many: to watch a detector learn. Default 4. */
  readonly show?: number;
}

/** @throws RangeError without samples, or, of a protocol that was asked for, without an object that counts */
export function checkValidation({ data, protocol, every = 1, show = 4 }: ValidationOptions): void {
  if (data.length === 0) throw new RangeError('train: validation.data is empty; give samples or leave validation out');
  if (!(Number.isInteger(every) && every >= 1))
    throw new RangeError(`train: validation.every is ${every}; it must be a whole number of epochs`);
  if (!(Number.isInteger(show) && show >= 0))
    throw new RangeError(`train: validation.show is ${show}; it must be a whole number of images`);
  if (protocol) missRate(withoutDetections(data), protocol); // now, rather than after the first epoch
}

/** Loss and miss rate of held-out images; no miss rate where no object counts. @throws the signal's reason */
export async function validate(
  model: Predictor,
  { data, protocol = plainProtocol, rule, show = 4 }: ValidationOptions,
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
  const shown = images.slice(0, show).map(shownOf);
  const seen = { loss, ...(shown.length > 0 ? { shown } : {}) };
  if (!images.some(({ truths }) => countable(truths, protocol))) return seen;
  const { logAverage, images: number, truths, detections } = missRate(images, protocol);
  return { ...seen, missRate: { logAverage, images: number, truths, detections } };
}

/** As much of an image as a line of a log has room for. */
function shownOf({ id, size, truths, detections }: Evaluation['images'][number]): ShownImage {
  const best = detections.filter(({ score }) => score >= 0.1).toSorted((a, b) => b.score - a.score);
  const tenth = ([y1, x1, y2, x2]: Box): Box => [round(y1, 10), round(x1, 10), round(y2, 10), round(x2, 10)];
  return {
    id,
    size,
    truths: truths.map(({ box, label, ignore }) => ({ box: tenth(box), label, ...(ignore ? { ignore } : {}) })),
    detections: best.slice(0, 40).map((found) => ({ ...found, box: tenth(found.box), score: round(found.score, 1e4) })),
  };
}

const round = (value: number, per: number) => Math.round(value * per) / per;

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
