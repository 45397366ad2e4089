import { sigmoid, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { scaleChannels } from '../ops/scaleChannels.ts';
import { spatialMean } from '../ops/spatialMean.ts';
import type { Activation } from './activation.ts';
import { conv, convTo, type Filters } from './conv.ts';

export interface SqueezeExciteOptions {
  /** Channels between the two layers. */
  readonly filters: Filters;
  /** Between the two layers. Default `swish`. */
  readonly activation?: Activation;
}

/** Weighs the channels of a map by what the whole map shows. Same shape. @see Hu et al., 2018; EfficientNet */
export function squeezeExcite({ filters, activation = 'swish' }: SqueezeExciteOptions): Block {
  const reduce = conv({ filters, activation });
  const expand = convTo();
  return block({ reduce, expand }, (x: Tensor4D, pass) => {
    const squeezed = reduce(spatialMean(x), pass); // [b, 1, 1, filters]
    const gate = sigmoid(expand({ x: squeezed, channels: x.shape[3] }, pass)); // [b, 1, 1, c]
    return scaleChannels(x, gate);
  });
}
