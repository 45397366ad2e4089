import { add, mul, sigmoid, sub, type Tensor } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';

/** x * sigmoid(x). Any shape, the same. Its gradient keeps x and nothing else. @see Ramachandran et al., 2017 */
export function swish<T extends Tensor>(x: T): T {
  return swishOp({ x }, {}).y as T;
}

const swishOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSwish',
  body: ({ x }: { x: Tensor }) => ({ y: mul(x, sigmoid(x)) }),
  shapes: ({ x }) => ({ y: x }),
  gradient: {
    saves: ['x'],
    of: ({ y: dy }, { x }) => ({ x: () => swishGradOp({ x, dy }, {}).dx }),
  },
});

/** d(x * s) = s + x * s * (1 - s), s = sigmoid(x). */
const swishGradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSwishGrad',
  body: ({ x, dy }: { x: Tensor; dy: Tensor }) => {
    const s = sigmoid(x);
    return { dx: mul(dy, mul(s, add(1, mul(x, sub(1, s))))) };
  },
  shapes: ({ x }) => ({ dx: x }),
});
