import {
  add,
  mul,
  rsqrt,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { activateBody, checkChannels, type NormActivation, slopeBody } from './activationBody.ts';
import { compositeOp } from './composite.ts';

export interface BatchNormStoredOptions {
  /** Running mean, [c]. No gradient flows to it. */
  readonly mean: Tensor1D;
  /** Running variance, [c]. No gradient flows to it. */
  readonly variance: Tensor1D;
  /** Added to the variance. */
  readonly epsilon: number;
  /** What follows. Default `linear`. */
  readonly activation?: NormActivation;
}

/**
 * Batch norm over stored statistics, and the activation after it: inference, and training with the statistics frozen.
 * activation((x - mean) / sqrt(variance + epsilon) * scale + offset). [b, h, w, c] or [b, c], [c], [c] -> the shape of x.
 *
 * Its gradient keeps x and four numbers a channel; tf.batchNorm's spreads each of those to the size of x.
 *
 * @throws RangeError unless scale, offset, mean and variance are one number for each channel
 */
export function batchNormStored<T extends Tensor2D | Tensor4D>(
  x: T,
  scale: Tensor1D,
  offset: Tensor1D,
  { mean, variance, epsilon, activation = 'linear' }: BatchNormStoredOptions,
): T {
  return forwardOp({ x, scale, offset, mean, variance }, { epsilon, activation }).y as T;
}

type Attrs = { epsilon: number; activation: string };
type Forward = { x: Tensor; scale: Tensor1D; offset: Tensor1D; mean: Tensor1D; variance: Tensor1D };

const rows = (x: Tensor) => [...x.shape.keys()].slice(0, -1); // all axes but the channels'

const forwardOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionBatchNormStored',
  body: ({ x, scale, offset, mean, variance }: Forward, { epsilon, activation }: Attrs) => {
    const slope = mul(rsqrt(add(variance, epsilon)), scale);
    return { y: activateBody(add(mul(sub(x, mean), slope), offset), activation) };
  },
  shapes: ({ x, ...others }) => {
    checkChannels('batchNormStored', x, others);
    return { y: x };
  },
  gradient: {
    saves: ['x', 'scale', 'offset', 'mean', 'variance'],
    of: ({ y: dy }, saved, attrs) => {
      const { dx, dscale, doffset } = backwardOp({ dy, ...saved }, attrs);
      return { x: () => dx, scale: () => dscale, offset: () => doffset };
    },
  },
});

const backwardOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionBatchNormStoredGrad',
  body: ({ dy, x, scale, offset, mean, variance }: Forward & { dy: Tensor }, { epsilon, activation }: Attrs) => {
    const r = rsqrt(add(variance, epsilon));
    const normal = mul(sub(x, mean), r);
    const dz = activation === 'linear' ? dy : mul(dy, slopeBody(add(mul(normal, scale), offset), activation));
    const dscale = sum<Tensor1D>(mul(dz, normal), rows(x));
    return { dx: mul(dz, mul(r, scale)), dscale, doffset: sum<Tensor1D>(dz, rows(x)) };
  },
  shapes: ({ x, scale }) => ({ dx: x, dscale: scale, doffset: scale }),
});
