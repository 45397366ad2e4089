import { add, addN, div, minimum, mul, type Scalar, sqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * The factor that brings the joint norm of gradients to at most `norm`: min(1, norm / (||g|| + 1e-6)).
 *
 * @throws RangeError for no gradients, or a norm that is not positive
 */
export function clipFactor(gradients: Iterable<Tensor>, norm: number): Scalar {
  if (!(norm > 0)) throw new RangeError(`clipByNorm: norm is ${norm}; it must be above 0`);
  return tidy(() => {
    const squares = Array.from(gradients, (gradient) => tidy(() => sum<Scalar>(square(gradient))));
    if (squares.length === 0) throw new RangeError('clipByNorm: there are no gradients');
    return minimum<Scalar>(1, div(norm, add(sqrt(addN(squares)), 1e-6)));
  });
}

/**
 * Scales all gradients together so that their joint norm is at most `norm`: g * min(1, norm / (||g|| + 1e-6)).
 *
 * @throws RangeError for no gradients, or a norm that is not positive
 * @see PyTorch, clip_grad_norm_
 */
export function clipByNorm<K>(gradients: ReadonlyMap<K, Tensor>, norm: number): ReadonlyMap<K, Tensor> {
  const factor = clipFactor(gradients.values(), norm);
  const clipped = new Map(Array.from(gradients, ([key, gradient]): [K, Tensor] => [key, mul(gradient, factor)]));
  factor.dispose();
  return clipped;
}
