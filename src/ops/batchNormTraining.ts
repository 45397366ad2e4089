import {
  add,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { activateBody, checkChannels, type NormActivation, slopeBody } from './activationBody.ts';
import { compositeOp } from './composite.ts';

export interface BatchNormTrainingOptions {
  /** Added to the variance. */
  readonly epsilon: number;
  /** What follows. Default `linear`. */
  readonly activation?: NormActivation;
}

export interface BatchNormTraining<T> {
  /** activation((x - mean) / sqrt(variance + epsilon) * scale + offset), the shape of x. */
  readonly y: T;
  /** [c]. No gradient flows through it: it is for the running statistic. */
  readonly mean: Tensor1D;
  /** [c], biased: divided by the count. No gradient flows through it. */
  readonly variance: Tensor1D;
}

/**
 * Batch norm over the batch's own statistics, and the activation after it. [b, h, w, c] or [b, c], [c], [c] -> the same.
 *
 * Its gradient keeps x and four numbers a channel; the activation is computed again. Statistics are exact for channels
 * whose mean is far from zero: they are summed about a value of the channel, not about zero.
 *
 * @throws RangeError if scale and offset are not one number for each channel
 * @see Ioffe and Szegedy, 2015
 */
export function batchNormTraining<T extends Tensor2D | Tensor4D>(
  x: T,
  scale: Tensor1D,
  offset: Tensor1D,
  { epsilon, activation = 'linear' }: BatchNormTrainingOptions,
): BatchNormTraining<T> {
  return forwardOp({ x, scale, offset }, { epsilon, activation }) as BatchNormTraining<T>;
}

type Attrs = { epsilon: number; activation: string };
type Forward = { x: Tensor; scale: Tensor1D; offset: Tensor1D };
type Backward = Forward & { dy: Tensor; mean: Tensor1D; variance: Tensor1D };

const rows = (x: Tensor) => [...x.shape.keys()].slice(0, -1); // all axes but the channels'

const forwardOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionBatchNormTraining',
  body: ({ x, scale, offset }: Forward, { epsilon, activation }: Attrs) => {
    const m = mean<Tensor1D>(x, rows(x));
    const centred = sub(x, m);
    const variance = mean<Tensor1D>(square(centred), rows(x));
    const y = activateBody(add(mul(centred, mul(rsqrt(add(variance, epsilon)), scale)), offset), activation);
    return { y, mean: m, variance };
  },
  shapes: ({ x, scale, offset }) => {
    checkChannels('batchNormTraining', x, { scale, offset });
    return { y: x, mean: scale, variance: scale };
  },
  gradient: {
    saves: ['x', 'scale', 'offset', 'mean', 'variance'],
    of: ({ y: dy }, saved, attrs) => {
      const { dx, dscale, doffset } = backwardOp({ dy, ...saved }, attrs);
      return { x: () => dx, scale: () => dscale, offset: () => doffset };
    },
  },
});

/** dx = r * scale * (dz - mean(dz) - z' * mean(dz * z')), z' the normalised x, dz = dy * the activation's slope. */
const backwardOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionBatchNormTrainingGrad',
  body: ({ dy, x, scale, offset, mean: m, variance }: Backward, { epsilon, activation }: Attrs) => {
    const r = rsqrt(add(variance, epsilon));
    const normal = mul(sub(x, m), r);
    const dz = activation === 'linear' ? dy : mul(dy, slopeBody(add(mul(normal, scale), offset), activation));
    const doffset = sum<Tensor1D>(dz, rows(x));
    const dscale = sum<Tensor1D>(mul(dz, normal), rows(x));
    const count = x.size / scale.size;
    const dx = mul(mul(r, scale), sub(dz, mul(add(doffset, mul(normal, dscale)), 1 / count)));
    return { dx, dscale, doffset };
  },
  shapes: ({ x, scale }) => ({ dx: x, dscale: scale, doffset: scale }),
});
