import { dispose, engine, keep, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
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
  const { value, grads } = freeingTape(() =>
    tidy(() => {
      // The last argument allows what the value does not reach: its place in the list is empty then.
      const found = engine().gradients(() => bind(values, run), [...values.values()], undefined, true);
      keep(found.value);
      for (const gradient of found.grads) if (gradient) keep(gradient);
      return found;
    }),
  );
  const gradients = new Map<Weight, Tensor>();
  const unreached: Weight[] = [];
  for (const [i, weight] of weights.entries()) {
    const gradient: Tensor | undefined = grads[i];
    if (gradient) gradients.set(weight, gradient);
    else unreached.push(weight);
  }
  return { value: value as Scalar, gradients, unreached };
}

/** Where a function throws, frees what tfjs has saved for the gradient: it does so only at the end of one that succeeds. */
function freeingTape<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0 && state.activeTape) {
      for (const { saved } of state.activeTape) dispose(saved);
      state.activeTape = [];
    }
    throw error;
  }
}
