import {
  add,
  div,
  exp,
  max,
  mul,
  relu,
  reshape,
  slice,
  sub,
  sum,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { type FuseOptions, fuse } from '../block/fuse.ts';
import { type Block, block } from '../core/block.ts';
import { ones } from '../core/initializers.ts';
import { weight } from '../core/weight.ts';

/**
 * How maps become one: those of `fuse`, with one weight a map, or `channelFast` and `channelSoftmax` with one for each of its
 * channels. In EfficientDet's code `fast` is `fastattn`, `softmax` is `attn`, and the last two `channel_fastattn` and
 * `channel_attn`.
 */
export type BifpnFusion = FuseOptions['method'] | 'channelFast' | 'channelSoftmax';

/**
 * Makes one map of several of the same shape. n maps [b, h, w, c] -> [b, h, w, c].
 *
 * @throws RangeError if the maps differ in shape
 * @see automl/efficientdet, efficientdet_keras.py, FNode.fuse_features
 */
export function bifpnFuse(method: BifpnFusion): Block<readonly Tensor4D[], Tensor4D> {
  if (method !== 'channelFast' && method !== 'channelSoftmax') return fuse({ method });
  const shares = method === 'channelFast' ? fast : softmax;
  const importance = weight({ initial: ones });
  return block({ importance }, (maps: readonly Tensor4D[]) => {
    const [first, ...others] = maps;
    if (first === undefined) throw new RangeError('bifpn: no maps to fuse were given');
    for (const map of others)
      if (`${map.shape}` !== `${first.shape}`)
        throw new RangeError(`bifpn: maps to fuse are [${maps.map((m) => m.shape).join('], [')}]; they must be alike`);
    const channels = first.shape[3];
    const v = shares(importance.as([maps.length, channels])); // [n, c]
    const own = (i: number) => reshape(slice(v, [i, 0], [1, -1]), [channels]);
    return maps.map((map, i) => mul<Tensor4D>(map, own(i))).reduce((a, b) => add(a, b));
  });
}

/** Shares of each channel, over the maps. [n, c] -> [n, c]. */
function fast(v: Tensor2D): Tensor2D {
  const w = relu(v);
  return div(w, add(sum(w, 0, true), 1e-4)); // 1e-4: the paper's epsilon
}

function softmax(v: Tensor2D): Tensor2D {
  const powers = exp(sub(v, max(v, 0, true)));
  return div(powers, sum(powers, 0, true));
}
