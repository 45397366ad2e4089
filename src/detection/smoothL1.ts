import { clipByValue, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { compositeOp } from '../ops/composite.ts';

/**
 * x^2 / 2 near 0, delta * (|x| - delta / 2) further out. Any shape, the same. Its gradient, x clipped to delta, keeps x.
 *
 * @throws RangeError unless delta is above 0
 * @see Huber, 1964
 */
export function huber<T extends Tensor>(x: T, delta: number): T {
  if (!(delta > 0 && Number.isFinite(delta)))
    throw new RangeError(`huber: the width of its middle is ${delta}; it must be above 0`);
  return huberOp({ x }, { delta }).y as T;
}

/**
 * Huber's function over beta, so that its slope is 1 further out. Any shape, the same.
 *
 * @throws RangeError unless beta is above 0
 * @see Girshick, Fast R-CNN, 2015, equation 3
 */
export const smoothL1 = <T extends Tensor>(x: T, beta = 1): T =>
  beta === 1 ? huber(x, beta) : mul<T>(huber(x, beta), 1 / beta);

const huberOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionHuber',
  body: ({ x }: { x: Tensor }, { delta }: { delta: number }) => {
    const middle = clipByValue(x, -delta, delta);
    return { y: mul(middle, sub(x, mul(middle, 0.5))) };
  },
  shapes: ({ x }) => ({ y: x }),
  gradient: {
    saves: ['x'],
    of: ({ y: dy }, { x }, { delta }) => ({ x: () => mul(dy, clipByValue(x, -delta, delta)) }),
  },
});
