import { dispose, type Tensor, tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { HasParts } from '../core/block.ts';
import { type RandomInput, randomInputs } from '../core/model.ts';
import type { Weight } from '../core/weight.ts';
import type { Batch } from '../data/batches.ts';
import { perImage } from '../detection/perImage.ts';
import type { Predictor } from '../model/predict.ts';
import type { Recipe } from './recipe.ts';
import type { StepInputs } from './step.ts';
import { matchTargets, type TargetTensors, targetTensors } from './targets.ts';

export interface StepPartsOptions {
  readonly recipe: Recipe;
  readonly trained: readonly Weight[];
  readonly seed: number;
  /** Steps since the beginning: with the seed, it decides what is dropped. */
  readonly step: number;
}

/** The images of a step that are in memory together, as tensors. */
export interface StepPart {
  readonly ids: readonly string[];
  readonly inputs: Required<Pick<StepInputs<TargetTensors>, 'weights' | 'images' | 'targets' | 'randoms'>>;
  /** Frees all of it but the weights. */
  readonly dispose: () => void;
}

export type StepImages = Pick<Batch, 'images' | 'objects' | 'size' | 'ids'>;

/**
 * The parts of a step over images that were matched on the host, one after the other; each is over the positives of all,
 * and drops what the whole would drop.
 */
export function* stepParts(
  model: Predictor,
  { images: pixels, objects, ids, size: [height, width] }: StepImages,
  { recipe, trained, seed, step }: StepPartsOptions,
): Generator<StepPart, void, undefined> {
  const all = objects.length;
  const { batch } = recipe;
  const matched = matchTargets(model, objects, recipe);
  const drawn = randomInputs(model, { seed, step, batch: all });
  for (const [i, own] of perImage(pixels, all / batch).entries()) {
    const range = [i * batch, (i + 1) * batch] as const;
    const images = tensor4d(own, [batch, height, width, 3]);
    const targets = targetTensors(matched, range);
    const randoms = new Map(drawn.map((random): [HasParts, Tensor] => [random.leaf, randomTensor(random, all, range)]));
    const weights = new Map(trained.map((weight) => [weight, weight.read()]));
    yield {
      ids: ids.slice(...range),
      inputs: { weights, images, targets, randoms },
      dispose: () => dispose([images, targets.classes, targets.boxes, targets.positives, ...randoms.values()]),
    };
  }
}

/** What is drawn for each image, of some of them; what is drawn for all together, whole. */
function randomTensor({ shape, values }: RandomInput, images: number, [from, to]: readonly [number, number]): Tensor {
  const [first = 1, ...rest] = shape;
  if (first !== images) return tensor(values, [...shape]);
  const each = values.length / images;
  return tensor(values.subarray(from * each, to * each), [to - from, ...rest]);
}
