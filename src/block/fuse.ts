import { add, addN, div, relu, softmax, sum, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import { ones } from '../core/initializers.ts';
import { weight } from '../core/weight.ts';
import { weightedSum } from '../ops/weightedSum.ts';

export interface FuseOptions {
  /** `sum` adds; `fast` weighs by relu(v) / (sum + 1e-4); `softmax` by softmax(v). */
  readonly method: 'sum' | 'fast' | 'softmax';
}

/**
 * Makes one map of several of the same shape. n maps [b, h, w, c] -> [b, h, w, c].
 *
 * @throws RangeError if the maps differ in shape
 * @see Tan et al., EfficientDet, 2020, section 3.3
 */
export function fuse({ method }: FuseOptions): Block<readonly Tensor4D[], Tensor4D> {
  const importance = method === 'sum' ? undefined : weight({ initial: ones });
  return block({ importance }, (maps: readonly Tensor4D[]) => {
    const [first, ...others] = maps;
    if (first === undefined) throw new RangeError('fuse: no maps were given');
    for (const map of others)
      if (`${map.shape}` !== `${first.shape}`)
        throw new RangeError(
          `fuse: maps are [${maps.map((m) => m.shape).join('], [')}]; resize them to one shape first`,
        );
    if (importance === undefined) return addN([...maps]);
    const v = importance.as([maps.length]);
    return weightedSum(maps, method === 'fast' ? fast(v) : softmax(v));
  });
}

function fast(v: Tensor1D): Tensor1D {
  const w = relu(v);
  return div(w, add(sum(w), 1e-4)); // 1e-4: the paper's epsilon
}
