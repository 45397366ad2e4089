import { mul, sum, type Tensor4D } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';

/** Weighs the channels of each image. [b, h, w, c], [b, 1, 1, c] -> [b, h, w, c]. @throws RangeError if they do not fit */
export const scaleChannels = (x: Tensor4D, scale: Tensor4D): Tensor4D => scaleChannelsOp({ x, scale }, {}).y;

const scaleChannelsOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionScaleChannels',
  body: ({ x, scale }: { x: Tensor4D; scale: Tensor4D }) => ({ y: mul<Tensor4D>(x, scale) }),
  shapes: ({ x, scale }) => {
    if (x.length !== 4 || `${scale}` !== `${[x[0], 1, 1, x[3]]}`)
      throw new RangeError(
        `scaleChannels: x is [${x}] and scale [${scale}]; they must be [b, h, w, c] and [b, 1, 1, c]`,
      );
    return { y: x };
  },
  gradient: {
    saves: ['x', 'scale'],
    of: ({ y: dy }, { x, scale }) => ({
      x: () => scaleChannels(dy, scale),
      scale: () => scaleGradOp({ x, dy }, {}).dscale,
    }),
  },
});

/** Sums dy * x over each map. */
const scaleGradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionScaleChannelsGrad',
  body: ({ x, dy }: { x: Tensor4D; dy: Tensor4D }) => ({ dscale: sum<Tensor4D>(mul(x, dy), [1, 2], true) }),
  shapes: ({ x: [b = 0, , , c = 0] }) => ({ dscale: [b, 1, 1, c] }),
});
