import { add, div, floor, mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';

export interface DropoutOptions {
  /** Share of the channels that is dropped, 0 to below 1. */
  readonly rate: number;
}

/**
 * Drops channels of an image at random and scales the kept ones: x / keep * floor(keep + u), u in [0, 1) a channel. On one
 * cell this is dropout of a vector. Same shape. Only where the pass supplies u, [b, 1, 1, c].
 *
 * @throws RangeError for a rate outside [0, 1)
 * @see Srivastava et al., Dropout, 2014
 */
export function dropout({ rate }: DropoutOptions): Block {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: rate is ${rate}; it must be in [0, 1)`);
  const keep = 1 - rate;
  let channels: number | undefined; // of the last input, as weights learn their shapes from the first
  const shape = (batch: number) => {
    if (channels === undefined)
      throw new Error(
        'dropout: the channels are not known yet; call its block once, or give it to classifier({ ... })',
      );
    return [batch, 1, 1, channels];
  };
  return block(
    {},
    (x: Tensor4D, pass, self) => {
      channels = x.shape[3];
      const u = rate > 0 ? pass.random(self) : undefined; // [b, 1, 1, c]
      return u === undefined ? x : mul<Tensor4D>(div(x, keep), floor(add(u, keep)));
    },
    rate > 0 ? { random: shape } : {},
  );
}
