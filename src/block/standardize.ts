import { div, sub, type Tensor4D, tensor1d } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import type { Standardization } from '../core/levels.ts';

/** (x - mean) / deviation for each channel. RGB 0-255 [b, h, w, 3] -> [b, h, w, 3]. */
export const standardize = ({ mean, deviation }: Standardization): Block =>
  block({}, (image: Tensor4D) => div<Tensor4D>(sub(image, tensor1d([...mean])), tensor1d([...deviation])));
