import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/** What a function makes of tensors, as a constant: nothing in it is differentiated. */
export const withoutGradient = <T extends Tensor>(make: () => T): T =>
  customGrad<T>(() => ({ value: make(), gradFunc: () => [] }))();
