import { add, addN, div, minimum, mul, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Scales all gradients together so that their joint norm is at most `norm`: g * min(1, norm / (||g|| + 1e-6)).
 *
 * @throws RangeError for a norm that is not positive
 * @see PyTorch, clip_grad_norm_
 */
export function clipByNorm<K>(gradients: ReadonlyMap<K, Tensor>, norm: number): ReadonlyMap<K, Tensor> {
  if (!(norm > 0)) throw new RangeError(`clipByNorm: norm is ${norm}; it must be above 0`);
  if (gradients.size === 0) return gradients;
  const joint = sqrt(addN([...gradients.values()].map((gradient) => sum(square(gradient)))));
  const scale = minimum(1, div(norm, add(joint, 1e-6)));
  return new Map([...gradients].map(([key, gradient]) => [key, mul(gradient, scale)]));
}
