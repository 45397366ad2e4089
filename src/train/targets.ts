import { type Scalar, scalar, type Tensor2D, type Tensor3D, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { Annotation } from '../core/annotation.ts';
import type { Predictions } from '../core/levels.ts';
import { detectionLoss, type LossRule } from '../detection/lossRule.ts';
import { matchBatch, type Targets } from '../detection/match.ts';
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

interface MatchedTargets extends Targets {
  readonly images: number;
}

/** Matches the objects of each image, by the recipe's rule or else the model's; boxes are written as the model reads them. */
export function matchTargets(
  { anchors, labels, coder, match }: Predictor,
  objects: readonly (readonly Annotation[])[],
  recipe: Recipe,
): MatchedTargets {
  const rule = recipe.match ?? match ?? {};
  const targets = matchBatch(objects, { anchors, labels, ...(coder ? { coder } : {}), ...rule });
  return { ...targets, images: objects.length };
}

/** Targets of some of the images, over the positives of all. The caller disposes the tensors. */
export function targetTensors(
  { classes, boxes, positives, images }: MatchedTargets,
  [from, to]: readonly [from: number, to: number],
): TargetTensors {
  const count = classes.length / images;
  const [first, last] = [from * count, to * count];
  return {
    classes: tensor2d(classes.subarray(first, last), [to - from, count], 'int32'),
    boxes: tensor3d(boxes.subarray(4 * first, 4 * last), [to - from, count, 4]),
    positives: scalar(positives),
  };
}

/** The targets of images as tensors, which the caller disposes. */
export const targetsOf = (
  model: Predictor,
  objects: readonly (readonly Annotation[])[],
  recipe: Recipe,
): TargetTensors => targetTensors(matchTargets(model, objects, recipe), [0, objects.length]);

/**
 * What becomes smaller: what the recipe says, or else the model.
 *
 * @throws RangeError for a loss of softmaxes and a model of sigmoids
 */
export function lossRuleOf(model: Predictor, recipe: Recipe): LossRule {
  const rule = recipe.loss ?? model.loss ?? { name: 'ssd' };
  if (rule.name === 'ssd' && model.rule?.activation === 'sigmoid')
    throw new RangeError(
      `recipe ${recipe.name}: the loss is 'ssd', of softmaxes, and the model's logits are of sigmoids; name 'focal' or 'efficientDet'`,
    );
  return rule;
}

/** The loss of a run, as a step takes it. */
export function lossOf(
  model: Predictor,
  recipe: Recipe,
): (predictions: Predictions, targets: TargetTensors) => LossParts {
  const loss = detectionLoss(lossRuleOf(model, recipe), model.anchors);
  return ({ boxes, logits }, { classes, boxes: targets, positives }) => ({
    ...loss({ boxes, logits, classes, targets, positives }),
  });
}
