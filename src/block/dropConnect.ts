import { add, div, floor, mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';

export interface DropConnectOptions {
  /** Share of the images whose residual is dropped, 0 to below 1. */
  readonly rate: number;
}

/**
 * Drops the whole residual of an image at random and scales the kept ones: x / keep * floor(keep + u), u in [0, 1) an
 * image. Same shape. Only where the pass supplies u.
 *
 * @throws RangeError for a rate outside [0, 1)
 * @see Huang et al., Stochastic Depth, 2016; automl/efficientdet, drop_connect
 */
export function dropConnect({ rate }: DropConnectOptions): Block {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropConnect: rate is ${rate}; it must be in [0, 1)`);
  const keep = 1 - rate;
  return block(
    {},
    (x: Tensor4D, pass, self) => {
      const u = rate > 0 ? pass.random(self) : undefined; // [b, 1, 1, 1]
      return u === undefined ? x : mul<Tensor4D>(div(x, keep), floor(add(u, keep)));
    },
    rate > 0 ? { random: (batch) => [batch, 1, 1, 1] } : {},
  );
}
