import { type Scalar, scalar, type Tensor2D, type Tensor3D, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { Annotation } from '../core/annotation.ts';
import type { Predictions } from '../core/levels.ts';
import { focalLoss } from '../detection/focalLoss.ts';
import { matchBatch } from '../detection/match.ts';
import { ssdLoss } from '../detection/ssdLoss.ts';
import type { Predictor } from '../model/predict.ts';
import type { Recipe } from './recipe.ts';
import type { LossParts } from './step.ts';

/** What a batch's objects ask of the predictions, matched on the host. */
export interface TargetTensors {
  /** [b, n] int32. */
  readonly classes: Tensor2D;
  /** [b, n, 4]. */
  readonly boxes: Tensor3D;
  readonly positives: Scalar;
}

/** Matches the objects of each image; the caller disposes the tensors. */
export function targetsOf(
  { anchors, labels }: Predictor,
  objects: readonly (readonly Annotation[])[],
  { match = {} }: Recipe,
): TargetTensors {
  const { classes, boxes, positives } = matchBatch(objects, { anchors, labels, ...match });
  const count = anchors.length / 4;
  return {
    classes: tensor2d(classes, [objects.length, count], 'int32'),
    boxes: tensor3d(boxes, [objects.length, count, 4]),
    positives: scalar(positives),
  };
}

/** The loss that a recipe names. */
export function lossOf({
  loss = { name: 'ssd' },
}: Recipe): (predictions: Predictions, targets: TargetTensors) => LossParts {
  return ({ boxes, logits }, { classes, boxes: targets, positives }) => {
    const inputs = { boxes, logits, classes, targets, positives };
    return { ...(loss.name === 'ssd' ? ssdLoss(inputs, loss) : focalLoss(inputs, loss)) };
  };
}
