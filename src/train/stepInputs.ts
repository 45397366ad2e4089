import { dispose, scalar, type Tensor, tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { HasParts } from '../core/block.ts';
import { randomInputs } from '../core/model.ts';
import type { Weight } from '../core/weight.ts';
import type { Batch } from '../data/batches.ts';
import type { Predictor } from '../model/predict.ts';
import type { SlotsOf } from './optimizer.ts';
import type { Recipe } from './recipe.ts';
import type { StepInputs } from './step.ts';
import { type TargetTensors, targetsOf } from './targets.ts';

export interface StepInputsOptions {
  readonly recipe: Recipe;
  readonly trained: readonly Weight[];
  readonly slots: SlotsOf;
  /** Learning rate of the step. */
  readonly rate: number;
  readonly seed: number;
  /** Steps since the beginning: with the seed, it decides what is dropped. */
  readonly step: number;
}

/** The tensors of a step over a batch, matched on the host; `dispose` frees them but for weights and slots. */
export function stepInputs(
  model: Predictor,
  { images: pixels, objects, size: [height, width] }: Pick<Batch, 'images' | 'objects' | 'size'>,
  { recipe, trained, slots, rate, seed, step }: StepInputsOptions,
): { readonly inputs: StepInputs<TargetTensors>; readonly dispose: () => void } {
  const batch = objects.length;
  const images = tensor4d(pixels, [batch, height, width, 3]);
  const targets = targetsOf(model, objects, recipe);
  const learningRate = scalar(rate);
  const randoms = new Map<HasParts, Tensor>();
  for (const { leaf, shape, values } of randomInputs(model, { seed, step, batch }))
    randoms.set(leaf, tensor(values, [...shape]));
  const weights = new Map(trained.map((weight) => [weight, weight.read()]));
  return {
    inputs: { weights, slots, images, targets, learningRate, randoms },
    dispose: () =>
      dispose([images, targets.classes, targets.boxes, targets.positives, learningRate, ...randoms.values()]),
  };
}
