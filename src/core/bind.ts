import type { Tensor } from '@tensorflow/tfjs-core';
import { type Binding, shared } from './shared.ts';
import type { Weight } from './weight.ts';

export type { Binding } from './shared.ts';

/**
 * Runs a function with other tensors in the place of weights: the innermost binding that knows a weight wins.
 * Gradients, the trace, averaged weights and engines all work through it.
 *
 * @throws TypeError if the function is asynchronous: the binding would end before it does.
 */
export function bind<T>(values: ReadonlyMap<Weight, Tensor> | Binding, run: () => T): T {
  const { bindings } = shared();
  bindings.push(typeof values === 'function' ? values : (weight) => values.get(weight));
  try {
    const result = run();
    if (result instanceof Promise) throw new TypeError('bind: the function must be synchronous; it returned a promise');
    return result;
  } finally {
    bindings.pop();
  }
}
