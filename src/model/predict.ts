import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Block } from '../core/block.ts';
import type { Predictions } from '../core/levels.ts';
import type { LossRule } from '../detection/lossRule.ts';
import type { MatchRule } from '../detection/match.ts';
import { perImage } from '../detection/perImage.ts';
import { type Found, type PostprocessRule, postprocess } from '../detection/postprocess.ts';
import { type Reading, readingOf } from '../detection/reading.ts';

/** What predicting needs of a detector. What it says of reading and learning goes before SSD's, and what is asked for before that. */
export interface Predictor extends Block<Tensor4D, Predictions>, Reading {
  readonly anchors: Float32Array;
  readonly inputSize: readonly [height: number, width: number];
  readonly labels: readonly string[];
  /** What becomes smaller in training. Default SSD's. */
  readonly loss?: LossRule;
  /** Which anchor learns which object. Default SSD's. */
  readonly match?: MatchRule;
}

/**
 * Boxes, scores and classes of each image of a batch, in pixels of the input. The images are the caller's to dispose.
 *
 * @param rule goes before the model's own, field by field
 */
export async function predict(model: Predictor, images: Tensor4D, rule: PostprocessRule = {}): Promise<Found[]> {
  const { boxes, logits } = model(images);
  const [codes, numbers] = await Promise.all([boxes.data<'float32'>(), logits.data<'float32'>()]);
  boxes.dispose();
  logits.dispose();
  const [batch] = images.shape;
  const { anchors, inputSize } = model;
  const options = { ...readingOf(model, rule), anchors, inputSize };
  const ownLogits = perImage(numbers, batch);
  return perImage(codes, batch).map((own, i) =>
    postprocess({ boxes: own, logits: ownLogits[i] ?? new Float32Array() }, options),
  );
}
