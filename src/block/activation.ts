import { relu, relu6, type Tensor4D } from '@tensorflow/tfjs-core';
import { swish } from '../ops/swish.ts';

/** What follows a convolution or its batch norm: x, x * sigmoid(x), max(x, 0), min(max(x, 0), 6). */
export type Activation = 'linear' | 'swish' | 'relu' | 'relu6';

/** Applies an activation. Same shape. */
export function activate(x: Tensor4D, activation: Activation): Tensor4D {
  switch (activation) {
    case 'swish':
      return swish(x);
    case 'relu':
      return relu(x);
    case 'relu6':
      return relu6(x);
    case 'linear':
      return x;
  }
}
