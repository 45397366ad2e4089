import type { Layout } from '../layout.ts';

/** Our name of a weight -> theirs, and how it lies there. */
type Leaves = { readonly [leaf: string]: readonly [name: string, layout: Layout] };

/** What a layer is there; `flattened` and `pointwise` are layers of vectors there and convolutions here. */
export type Kind = 'conv' | 'depthwise' | 'dense' | 'flattened' | 'pointwise' | 'norm';

/** How a library calls the weights of each kind of layer. */
export interface Family {
  /** Between the name of the layer and that of the weight. */
  readonly separator: '.' | '/';
  readonly leaves: { readonly [K in Kind]: Leaves };
}

const layer = (kernel: string, bias: string, layout: Layout): Leaves => ({
  kernel: [kernel, layout],
  bias: [bias, 'same'],
});

/** PyTorch's layers. */
export const pytorch: Family = {
  separator: '.',
  leaves: {
    conv: layer('weight', 'bias', 'oihw'),
    depthwise: layer('weight', 'bias', 'depthwise'),
    dense: layer('weight', 'bias', 'oi'),
    flattened: layer('weight', 'bias', 'flattened'),
    pointwise: layer('weight', 'bias', 'pointwise'),
    norm: {
      gamma: ['weight', 'same'],
      beta: ['bias', 'same'],
      mean: ['running_mean', 'same'],
      variance: ['running_var', 'same'],
    },
  },
};

/** Keras's layers, with the `:0` that TensorFlow's variables have in HDF5 files. Maps are flattened as they lie. */
export const keras: Family = {
  separator: '/',
  leaves: {
    conv: layer('kernel:0', 'bias:0', 'same'),
    depthwise: layer('depthwise_kernel:0', 'bias:0', 'same'),
    dense: layer('kernel:0', 'bias:0', 'same'),
    flattened: layer('kernel:0', 'bias:0', 'flat'),
    pointwise: layer('kernel:0', 'bias:0', 'flat'),
    norm: {
      gamma: ['gamma:0', 'same'],
      beta: ['beta:0', 'same'],
      mean: ['moving_mean:0', 'same'],
      variance: ['moving_variance:0', 'same'],
    },
  },
};
