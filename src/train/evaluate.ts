import { tensor3d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { air } from '../core/air.ts';
import type { ImageCache } from '../data/batchCache.ts';
import { evaluationBatches } from '../data/batchEvaluation.ts';
import type { FitOptions } from '../data/letterbox.ts';
import type { Size } from '../data/placement.ts';
import type { Sample } from '../data/sample.ts';
import { perImage } from '../detection/perImage.ts';
import { type PostprocessRule, postprocess } from '../detection/postprocess.ts';
import { readingOf } from '../detection/reading.ts';
import { placeOf, toDetections } from '../detection/toDetections.ts';
import type { EvaluatedImage } from '../evaluate/matching.ts';
import type { Predictor } from '../model/predict.ts';
import { tryCompile } from '../trace/tryCompile.ts';
import type { Recipe } from './recipe.ts';
import type { LossNumbers } from './report.ts';
import { engineFor, type RunOn } from './runOn.ts';
import type { LossParts } from './step.ts';
import { lossOf, targetsOf } from './targets.ts';

export interface EvaluateOptions {
  /** Images at a time. Default 8. */
  readonly batch?: number;
  /** How images fit into the input. Default letterbox. */
  readonly fit?: FitOptions;
  /** What is reported of an image; goes before the model's own, field by field. */
  readonly rule?: PostprocessRule;
  /** Also measures the loss, as this recipe defines it. */
  readonly recipe?: Recipe;
  readonly cache?: ImageCache;
  /** Where the model runs. Default: our engine, in the place of tfjs's backends `cpu` and `wasm`; another backend that was chosen. */
  readonly on?: RunOn;
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  /** One for each sample, in their order: what is there and what was found, pixels of the original. */
  readonly images: readonly (EvaluatedImage & { readonly id: string; readonly size: Size })[];
  /** Means over the batches; empty without a recipe. */
  readonly loss: LossNumbers;
}

/**
 * Runs a detector over samples: detections in pixels of each original, and the loss where a recipe defines one.
 *
 * @throws Error naming a sample that cannot be read; the signal's reason
 */
export async function evaluate(
  model: Predictor,
  samples: readonly Sample[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { fit = {}, rule = {}, recipe, cache, signal } = options;
  const reading = readingOf(model, rule);
  const batch = Math.min(options.batch ?? 8, samples.length);
  const [height, width] = model.inputSize;
  const target = await engineFor(options.on);
  const fast = tryCompile(model, [batch, height, width, 3], { label: 'evaluate', ...(target ? { target } : {}) });
  const images: (EvaluatedImage & { id: string; size: Size })[] = [];
  const sums: { [part: string]: number } = {};
  let batches = 0;
  const given = { ...fit, size: model.inputSize, batch, ...(cache ? { cache } : {}), ...(signal ? { signal } : {}) };
  try {
    for await (const { images: pixels, valid, samples: own, objects, placements } of evaluationBatches(
      samples,
      given,
    )) {
      const input = tensor4d(pixels.subarray(0, valid * height * width * 3), [valid, height, width, 3]);
      const { boxes, logits } = fast(input);
      const [codes, numbers] = await Promise.all([boxes.data<'float32'>(), logits.data<'float32'>()]);
      const made = { boxes: tensor3d(codes, boxes.shape), logits: tensor3d(numbers, logits.shape) };
      const parts: LossParts | undefined =
        recipe && tidy(() => lossOf(model, recipe)(made, targetsOf(model, objects, recipe)));
      for (const [part, value] of Object.entries(parts ?? {})) {
        sums[part] = (sums[part] ?? 0) + ((await value.data())[0] ?? Number.NaN);
        value.dispose();
      }
      batches++;
      for (const tensor of [input, boxes, logits, made.boxes, made.logits]) tensor.dispose();
      const [ownCodes, ownLogits] = [perImage(codes, valid), perImage(numbers, valid)];
      for (const [i, sample] of own.entries()) {
        const placement = placements[i];
        const size = [sample.height, sample.width] as const;
        const { anchors, inputSize } = model;
        const found = postprocess(
          { boxes: ownCodes[i] ?? new Float32Array(), logits: ownLogits[i] ?? new Float32Array() },
          { ...reading, anchors, inputSize, within: placeOf(size, placement) },
        );
        const detections = toDetections(found, { labels: model.labels, size, ...(placement ? { placement } : {}) });
        images.push({ id: sample.id, size, truths: sample.objects, detections });
      }
      await air();
    }
  } finally {
    fast.dispose?.();
  }
  return { images, loss: Object.fromEntries(Object.entries(sums).map(([part, sum]) => [part, sum / batches])) };
}
