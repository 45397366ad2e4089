import { cast, equal, greater, less, logicalAnd, mul, sum, type Tensor2D, tidy, where } from '@tensorflow/tfjs-core';
import { ranks } from '../ops/ranks.ts';
import { withoutGradient } from './withoutGradient.ts';

/**
 * Chooses the background anchors that a classifier is most wrong about, so many to each positive of the same image; an
 * image without positives gets none. [b, n], [b, n] int32 -> [b, n] of ones and zeros, without a gradient.
 *
 * @param losses of each anchor against its class, at least 0
 * @param classes 0 for background, above for objects, below for anchors that do not count
 * @throws RangeError if the shapes differ or `perPositive` is below 0
 * @see Liu et al., SSD, 2016, section 2.2
 */
export function hardNegatives(losses: Tensor2D, classes: Tensor2D, perPositive = 3): Tensor2D {
  if (losses.rank !== 2 || `${losses.shape}` !== `${classes.shape}`)
    throw new RangeError(
      `hardNegatives: losses are [${losses.shape}] and classes [${classes.shape}]; both must be [b, n]`,
    );
  if (!(perPositive >= 0)) throw new RangeError(`hardNegatives: perPositive is ${perPositive}; it must be 0 or more`);
  return tidy(() =>
    withoutGradient(() => {
      const negative = equal(classes, 0);
      const wanted = mul(sum(cast(greater(classes, 0), 'float32'), 1, true), perPositive); // [b, 1]
      // NaN loses every comparison and so its place, which keeps the sort sane; the loss itself stays NaN.
      const candidates = where(logicalAnd(negative, greater(losses, -1)), losses, -1) as Tensor2D;
      const chosen = less(cast(ranks(candidates), 'float32'), wanted);
      return cast<Tensor2D>(logicalAnd(chosen, negative), 'float32');
    }),
  );
}
