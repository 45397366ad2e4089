import { engine, keep, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { bind } from '../core/bind.ts';
import type { Weight } from '../core/weight.ts';

export interface Gradients {
  /** What was differentiated. */
  readonly value: Scalar;
  /** For each weight that the value depends on, of its shape. */
  readonly gradients: ReadonlyMap<Weight, Tensor>;
  /** Weights that the value does not depend on, in the order given. */
  readonly unreached: readonly Weight[];
}

/**
 * Differentiates a scalar with respect to weights, which have the given values while it runs. A weight that it does not
 * reach has no gradient and is listed; tf.grads would throw. The caller disposes the value and the gradients.
 *
 * @throws whatever tfjs throws for an op without a gradient
 */
export function valueAndGradients(run: () => Scalar, values: ReadonlyMap<Weight, Tensor>): Gradients {
  const weights = [...values.keys()];
  const { value, grads } = tidy(() => {
    // The last argument allows what the value does not reach: its place in the list is empty then.
    const found = engine().gradients(() => bind(values, run), [...values.values()], undefined, true);
    keep(found.value);
    for (const gradient of found.grads) if (gradient) keep(gradient);
    return { value: found.value as Scalar, grads: found.grads as (Tensor | undefined)[] };
  }) as unknown as { value: Scalar; grads: (Tensor | undefined)[] };
  const gradients = new Map<Weight, Tensor>();
  const unreached: Weight[] = [];
  for (const [i, weight] of weights.entries()) {
    const gradient = grads[i];
    if (gradient) gradients.set(weight, gradient);
    else unreached.push(weight);
  }
  return { value, gradients, unreached };
}
