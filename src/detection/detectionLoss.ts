import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Predictions } from '../core/levels.ts';

/** What a loss of detectors compares. All but the predictions are made on the host: see `matchBatch`. */
export interface DetectionLossInputs extends Predictions {
  /** [b, n] int32: 0 background, above an object's class, below nothing to learn. */
  readonly classes: Tensor2D;
  /** [b, n, 4], codes. */
  readonly targets: Tensor3D;
  /** Anchors with an object in the whole batch, float32: an input, so that parts of a batch add up to it. */
  readonly positives: Scalar;
}

/** Means over the positives. */
export interface DetectionLoss {
  /** What is to become smaller. */
  readonly total: Scalar;
  readonly classification: Scalar;
  readonly localization: Scalar;
}

/** @throws RangeError for shapes, TypeError for types that do not go together */
export function checkLossInputs(
  where: string,
  { boxes, logits, classes, targets, positives }: DetectionLossInputs,
): void {
  const [b, n] = logits.shape;
  const fits =
    logits.rank === 3 &&
    `${boxes.shape}` === `${[b, n, 4]}` &&
    `${targets.shape}` === `${[b, n, 4]}` &&
    `${classes.shape}` === `${[b, n]}` &&
    positives.rank === 0;
  if (!fits)
    throw new RangeError(
      `${where}: logits are [${logits.shape}], boxes [${boxes.shape}], targets [${targets.shape}], classes [${classes.shape}] ` +
        `and positives [${positives.shape}]; they must be [b, n, c], [b, n, 4], [b, n, 4], [b, n] and a scalar`,
    );
  if (classes.dtype !== 'int32')
    throw new TypeError(`${where}: classes are ${classes.dtype}; they must be int32, as matchBatch makes them`);
}
