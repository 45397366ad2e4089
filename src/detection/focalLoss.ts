import {
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
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLossInputs, type DetectionLoss, type DetectionLossInputs } from './detectionLoss.ts';
import { type FocalOptions, sigmoidFocal } from './focal.ts';
import { oneHotClasses } from './oneHotClasses.ts';
import { smoothL1 } from './smoothL1.ts';

export interface FocalLossOptions extends FocalOptions {
  /** Whether the logits begin with a `column` for the background, which sigmoids do not need and is left alone. Default `column`. */
  readonly background?: 'column' | 'none';
  /** Where the loss of a code turns from square to straight. Default 1. */
  readonly beta?: number;
}

/**
 * RetinaNet's loss: sigmoid focal loss of every anchor that is not ignored, and smooth L1 of the positives' codes, both
 * over the positives of the batch, at least 1. Static shapes, nothing is read back.
 *
 * @throws RangeError or TypeError for inputs that do not go together
 * @see Lin et al., Focal loss, 2017, section 4
 */
export function focalLoss(
  inputs: DetectionLossInputs,
  { background = 'column', beta = 1, ...focal }: FocalLossOptions = {},
): DetectionLoss {
  checkLossInputs('focalLoss', inputs);
  const { boxes, logits, classes, targets, positives } = inputs;
  const skip = background === 'column' ? 1 : 0;
  const objects = logits.shape[2] - skip;
  if (objects < 1)
    throw new RangeError(`focalLoss: logits are [${logits.shape}], so that no class is left beside the background`);
  return tidy(() => {
    const foreground = (all: Tensor3D, from: number) => slice(all, [0, 0, from], [-1, -1, objects]);
    const positive = expandDims(cast(greater(classes, 0), 'float32'), -1); // [b, n, 1]
    const counted = expandDims(cast(greaterEqual(classes, 0), 'float32'), -1);
    const right = foreground(oneHotClasses(classes, objects + 1), 1); // [b, n, objects]
    const surprise = sigmoidFocal(skip === 0 ? logits : foreground(logits, skip), right, focal);
    const distance = smoothL1(sub(boxes, targets), beta); // [b, n, 4]
    const total = maximum(positives, 1);
    const classification = div<Scalar>(sum(mul(surprise, counted)), total);
    const localization = div<Scalar>(sum(mul(distance, positive)), total);
    return { total: add<Scalar>(classification, localization), classification, localization };
  });
}
