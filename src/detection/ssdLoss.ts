import { add, cast, div, expandDims, greater, maximum, mul, type Scalar, sub, sum, tidy } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from './crossEntropy.ts';
import { checkLossInputs, type DetectionLoss, type DetectionLossInputs } from './detectionLoss.ts';
import { hardNegatives } from './hardNegatives.ts';
import { smoothL1 } from './smoothL1.ts';

export interface SsdLossOptions {
  /** Background anchors that count, to each positive of their image. Default 3. */
  readonly negativesPerPositive?: number;
  /** Where the loss of a code turns from square to straight. Default 1. */
  readonly beta?: number;
}

/**
 * SSD's loss: softmax cross-entropy of the positives and of each image's hardest negatives, and smooth L1 of the
 * positives' codes, both over the positives of the batch, at least 1. Static shapes, nothing is read back.
 *
 * @throws RangeError or TypeError for inputs that do not go together
 * @see Liu et al., SSD, 2016, equations 1 to 3
 */
export function ssdLoss(
  inputs: DetectionLossInputs,
  { negativesPerPositive = 3, beta = 1 }: SsdLossOptions = {},
): DetectionLoss {
  checkLossInputs('ssdLoss', inputs);
  const { boxes, logits, classes, targets, positives } = inputs;
  return tidy(() => {
    const positive = cast(greater(classes, 0), 'float32'); // [b, n]
    const surprise = softmaxCrossEntropy(logits, classes); // [b, n]
    const counted = add(positive, hardNegatives(surprise, classes, negativesPerPositive));
    const distance = smoothL1(sub(boxes, targets), beta); // [b, n, 4]
    const total = maximum(positives, 1);
    const classification = div<Scalar>(sum(mul(surprise, counted)), total);
    const localization = div<Scalar>(sum(mul(distance, expandDims(positive, -1))), total);
    return { total: add<Scalar>(classification, localization), classification, localization };
  });
}
