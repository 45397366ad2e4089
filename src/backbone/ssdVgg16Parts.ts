import { div, maximum, mul, relu, sqrt, square, sum, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { constant, glorotUniform } from '../core/initializers.ts';
import { weight } from '../core/weight.ts';
import { biasAdd } from '../ops/biasAdd.ts';
import { dilatedConv } from '../ops/dilatedConv.ts';

/**
 * Makes the channels of every pixel a vector of length 1, then weighs each channel by a learned number, 20 at first: maps
 * of an early stage are larger than those that follow. [b, h, w, c] -> the same. A pixel of zeros stays zeros.
 *
 * @see Liu et al., ParseNet, 2015, section 3.3; SSD, 2016, section 3.1
 */
export function l2Scale(): Block {
  const scale = weight({ initial: constant(20) });
  return block({ scale }, (x: Tensor4D) => {
    // The root of the larger, not the larger root: where all is 0 a root has no slope to give. 1e-24 is 1e-12 squared.
    const length = sqrt(maximum(sum(square(x), 3, true), 1e-24)); // [b, h, w, 1]
    return mul(div<Tensor4D>(x, length), scale.as([x.shape[3]]));
  });
}

export interface DilatedLayerOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Pixels from one tap of the 3x3 filter to the next. */
  readonly dilation: number;
}

/** A 3x3 filter with holes, bias and ReLU: VGG's fc6 as a convolution. [b, h, w, c] -> [b, h, w, filters]. */
export function dilatedLayer({ filters, dilation }: DilatedLayerOptions): Block {
  const kernel = weight({ initial: glorotUniform });
  const bias = weight();
  return block({ kernel, bias }, (x: Tensor4D) => {
    const y = dilatedConv(x, kernel.as([3, 3, x.shape[3], filters]), { dilation, padding: dilation });
    return relu(biasAdd(y, bias.as([filters])));
  });
}
