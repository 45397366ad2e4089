import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block, factsOf } from '../core/block.ts';
import { heFanOut } from '../core/initializers.ts';
import { weight } from '../core/weight.ts';
import { biasAdd } from '../ops/biasAdd.ts';
import { convTranspose } from '../ops/convTranspose.ts';
import { resizeBilinear } from '../ops/resizeBilinear.ts';
import { upsampleNearest } from '../ops/upsampleNearest.ts';
import type { BatchNormOptions } from './batchNorm.ts';
import { batchNorm } from './batchNorm.ts';
import type { MapTo } from './conv.ts';

export interface TransposedOptions {
  /** How many times larger, and the side of the filter. Default 2. */
  readonly scale?: number;
  /** Whether a number is added to each channel. Default true. */
  readonly bias?: boolean;
  /** A batch norm that follows. Default none. */
  readonly norm?: BatchNormOptions;
}

export type UpsampleOptions =
  | {
      /** Repeats pixels, or interpolates between their centres. */
      readonly method: 'nearest' | 'bilinear';
      /** How many times larger. Default 2. */
      readonly scale?: number;
    }
  | (TransposedOptions & {
      /** Learns a filter for each place in the larger cell. */
      readonly method: 'transposed';
      /** Channels of the output. */
      readonly filters: number;
    });

/**
 * Makes a map larger. [b, h, w, c] -> [b, h * scale, w * scale, c or filters].
 *
 * @throws RangeError for a scale that is not a whole number
 */
export function upsample(options: UpsampleOptions): Block {
  const { scale = 2 } = options;
  checkScale(scale);
  const size = (x: Tensor4D): [number, number] => [x.shape[1] * scale, x.shape[2] * scale];
  switch (options.method) {
    case 'nearest':
      return block({}, (x: Tensor4D) => upsampleNearest(x, size(x)));
    case 'bilinear':
      return block({}, (x: Tensor4D) => resizeBilinear(x, size(x)));
    case 'transposed': {
      const { filters, ...rest } = options;
      const to = transposedTo(rest);
      return block(factsOf(to).parts, (x: Tensor4D, pass) => to({ x, channels: filters }, pass));
    }
  }
}

/**
 * A transposed convolution to as many channels as each call asks for, the same at every call.
 * Kernel = stride = scale and no padding make exactly scale * h: (h - 1) * stride + kernel.
 */
export function transposedTo({ scale = 2, bias: biased = true, norm }: TransposedOptions = {}): Block<MapTo> {
  checkScale(scale);
  const kernel = weight({ initial: heFanOut });
  const bias = biased ? weight() : undefined;
  const normalize = norm && batchNorm(norm);
  return block({ kernel, bias, norm: normalize }, ({ x, channels }: MapTo, pass) => {
    const w = kernel.as([scale, scale, channels, x.shape[3]]);
    const larger = convTranspose(x, w, { stride: scale, outputSize: [x.shape[1] * scale, x.shape[2] * scale] });
    const y = bias ? biasAdd(larger, bias.as([channels])) : larger;
    return normalize ? normalize(y, pass) : y;
  });
}

function checkScale(scale: number): void {
  if (!(Number.isInteger(scale) && scale >= 1))
    throw new RangeError(`upsample: scale is ${scale}; it must be a whole number of at least 1`);
}
