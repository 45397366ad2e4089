import {
  abs,
  add,
  cast,
  div,
  expandDims,
  greater,
  greaterEqual,
  maximum,
  mul,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLossInputs, type DetectionLoss, type DetectionLossInputs } from './detectionLoss.ts';
import { type FocalOptions, sigmoidFocal } from './focal.ts';
import { oneHotClasses } from './oneHotClasses.ts';
import { smoothL1 } from './smoothL1.ts';

export interface FocalLossOptions extends FocalOptions {
  /**
   * Whether the logits begin with a `column` for the background, which sigmoids do not need and is left alone, or with a
   * column that learns to say `no`, as in torchvision. Default `column`.
   */
  readonly background?: 'column' | 'no' | 'none';
  /** Where the loss of a code turns from square to straight; 0 is straight all the way, as in torchvision. Default 1. */
  readonly beta?: number;
  /**
   * What the sums are divided by: the positives of the `batch`; or, as in torchvision, those of each `image` by its own, at
   * least 1, and then the mean over the images. Default `batch`.
   */
  readonly per?: 'batch' | 'image';
}

/** torchvision's RetinaNet: `focalLoss(inputs, torchvisionFocal)`. @see torchvision, detection/retinanet.py, compute_loss */
export const torchvisionFocal = {
  background: 'no',
  beta: 0,
  per: 'image',
  alpha: 0.25,
  gamma: 2,
} as const satisfies FocalLossOptions;

/**
 * RetinaNet's loss: sigmoid focal loss of every anchor that is not ignored, and smooth L1 of the positives' codes, both
 * over the positives, at least 1. Static shapes, nothing is read back.
 *
 * @throws RangeError or TypeError for inputs that do not go together
 * @see Lin et al., Focal loss, 2017, section 4
 */
export function focalLoss(
  inputs: DetectionLossInputs,
  { background = 'column', beta = 1, per = 'batch', ...focal }: FocalLossOptions = {},
): DetectionLoss {
  checkLossInputs('focalLoss', inputs);
  const { boxes, logits, classes, targets, positives } = inputs;
  const [images, , columns] = logits.shape;
  const objects = background === 'none' ? columns : columns - 1;
  const skip = background === 'column' ? 1 : 0;
  if (objects < 1)
    throw new RangeError(`focalLoss: logits are [${logits.shape}], so that no class is left beside the background`);
  return tidy(() => {
    const positive = cast(greater(classes, 0), 'float32'); // [b, n]
    const counted = cast(greaterEqual(classes, 0), 'float32');
    const rest = (all: Tensor3D, from: number) => slice(all, [0, 0, from], [-1, -1, -1]);
    const named = oneHotClasses(classes, objects + 1);
    // With a column that learns to say no, a one in it would be the background's: its answer is 0 everywhere.
    const right = background === 'no' ? mul<Tensor3D>(named, expandDims(positive, -1)) : rest(named, 1);
    const surprise = sigmoidFocal(skip === 0 ? logits : rest(logits, skip), right, focal);
    const off = sub<Tensor3D>(boxes, targets); // [b, n, 4]
    const distance = beta === 0 ? abs(off) : smoothL1(off, beta);
    const mean = (numbers: Tensor, weights: Tensor): Scalar => {
      const weighed = mul(numbers, expandDims(weights, -1));
      if (per === 'batch') return div<Scalar>(sum(weighed), maximum(positives, 1));
      return div<Scalar>(sum(div(sum(weighed, [1, 2]), maximum(sum(positive, 1), 1))), images);
    };
    const classification = mean(surprise, counted);
    const localization = mean(distance, positive);
    return { total: add<Scalar>(classification, localization), classification, localization };
  });
}
