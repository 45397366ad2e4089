import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Block } from '../core/block.ts';
import type { Predictions } from '../core/levels.ts';
import { perImage } from '../detection/perImage.ts';
import { type Found, type PostprocessRule, postprocess } from '../detection/postprocess.ts';

/** What predicting needs of a detector. */
export interface Predictor extends Block<Tensor4D, Predictions> {
  readonly anchors: Float32Array;
  readonly inputSize: readonly [height: number, width: number];
  readonly labels: readonly string[];
}

/** Boxes, scores and classes of each image of a batch, in pixels of the input. The images are the caller's to dispose. */
export async function predict(model: Predictor, images: Tensor4D, rule: PostprocessRule = {}): Promise<Found[]> {
  const { boxes, logits } = model(images);
  const [codes, numbers] = await Promise.all([boxes.data<'float32'>(), logits.data<'float32'>()]);
  boxes.dispose();
  logits.dispose();
  const [batch] = images.shape;
  const { anchors, inputSize } = model;
  const ownLogits = perImage(numbers, batch);
  return perImage(codes, batch).map((own, i) =>
    postprocess({ boxes: own, logits: ownLogits[i] ?? new Float32Array() }, { ...rule, anchors, inputSize }),
  );
}
