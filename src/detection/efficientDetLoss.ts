import {
  add,
  cast,
  div,
  expandDims,
  greater,
  greaterEqual,
  mul,
  neg,
  notEqual,
  pow,
  type Scalar,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLossInputs, type DetectionLoss, type DetectionLossInputs } from './detectionLoss.ts';
import { type EfficientDetOverlap, overlapDistances } from './efficientDetOverlap.ts';
import { type FocalOptions, sigmoidFocal } from './focal.ts';
import { oneHotClasses } from './oneHotClasses.ts';
import { huber } from './smoothL1.ts';

export interface EfficientDetLossOptions {
  /** Weight of an object's class; that of all others is the rest of 1. Default 0.25. */
  readonly alpha?: number;
  /** How much a number that is right already is spared. Default 1.5. */
  readonly gamma?: number;
  /** How far right answers are moved towards one half, 0 to 1. Default 0. */
  readonly smoothing?: number;
  /** Where the loss of a code turns from square to straight. Default 0.1. */
  readonly delta?: number;
  /** How much the loss of the codes counts. Default 50. */
  readonly boxWeight?: number;
  /** A loss of the boxes' overlaps besides. Default none. */
  readonly overlap?: EfficientDetOverlap;
}

export interface EfficientDetLossInputs extends DetectionLossInputs {
  /** [n, 4], which the overlaps `distance` and `complete` need. */
  readonly anchors?: Tensor2D;
}

/**
 * EfficientDet's loss: sigmoid focal loss of every anchor that is not ignored over the positives of the batch and one more,
 * and Huber's loss of the codes over four times that. A number of a code whose target is exactly 0 learns nothing, as in the
 * originals. `localization` is before its weight, without overlaps. Static shapes, nothing is read back.
 *
 * @param inputs with logits [b, n, labels], without a column for the background; targets by `efficientDetMatch` and `efficientDetCoder`
 * @throws RangeError or TypeError for inputs that do not go together
 * @see automl/efficientdet, det_model_fn.py; effdet, loss.py
 */
export function efficientDetLoss(inputs: EfficientDetLossInputs, options: EfficientDetLossOptions = {}): DetectionLoss {
  const { alpha = 0.25, gamma = 1.5, smoothing = 0, delta = 0.1, boxWeight = 50, overlap } = options;
  checkLossInputs('efficientDetLoss', inputs);
  if (!(smoothing >= 0 && smoothing < 1))
    throw new RangeError(`efficientDetLoss: smoothing is ${smoothing}; it must be from 0 to below 1`);
  for (const [name, weight] of Object.entries({ boxWeight, 'overlap.weight': overlap?.weight ?? 1 }))
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw new RangeError(`efficientDetLoss: ${name} is ${weight}; it must be 0 or more`);
  const { boxes, logits, classes, targets, positives } = inputs;
  const objects = logits.shape[2];

  return tidy(() => {
    const total = add(positives, 1);
    const counted = expandDims(cast(greaterEqual(classes, 0), 'float32'), -1); // [b, n, 1]
    const right = slice(oneHotClasses(classes, objects + 1), [0, 0, 1], [-1, -1, objects]); // [b, n, objects]
    const surprise = focal(logits, right, { alpha, gamma, smoothing });
    const classification = div<Scalar>(sum(mul(surprise, counted)), total);

    const learned = cast(notEqual(targets, 0), 'float32'); // [b, n, 4]
    const distance = huber(sub<Tensor3D>(boxes, targets), delta);
    const localization = div<Scalar>(sum(mul(distance, learned)), mul(total, 4));
    const both = add<Scalar>(classification, mul(localization, boxWeight));
    if (overlap === undefined) return { total: both, classification, localization };

    const apart = mul(overlapDistances(inputs, overlap.name), cast(greater(classes, 0), 'float32')); // [b, n]
    const overlaps = div(sum(apart), mul(total, 4));
    return { total: add<Scalar>(both, mul(overlaps, overlap.weight ?? 1)), classification, localization };
  });
}

/** Smoothing leaves the factors of the focal loss as they are; its cross-entropy grows by s / 2 * z, z the right side's logit. */
function focal(
  logits: Tensor3D,
  right: Tensor3D,
  { alpha, gamma, smoothing }: Required<Pick<EfficientDetLossOptions, 'alpha' | 'gamma' | 'smoothing'>>,
): Tensor3D {
  const plain = sigmoidFocal(logits, right, { alpha, gamma } satisfies FocalOptions);
  if (smoothing === 0) return plain;
  const z = mul(sub(mul(right, 2), 1), logits);
  const weight = add(mul(right, 2 * alpha - 1), 1 - alpha);
  return add(plain, mul(mul(weight, pow(sigmoid(neg(z)), gamma)), mul(z, smoothing / 2)));
}
