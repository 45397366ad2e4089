import { sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';

/** Sums over all axes but the last. [..., c] -> [c]. */
export const channelSum = (x: Tensor): Tensor1D => channelSumOp({ x }, {}).y;

const channelSumOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionChannelSum',
  body: ({ x }: { x: Tensor }) => ({ y: sum<Tensor1D>(x, [...x.shape.keys()].slice(0, -1)) }),
  shapes: ({ x }) => ({ y: x.slice(-1) }),
});
