import { div, mean, mul, ones, type Tensor4D } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';

/** The mean of each map. [b, h, w, c] -> [b, 1, 1, c]. @throws RangeError for another rank */
export const spatialMean = (x: Tensor4D): Tensor4D => spatialMeanOp({ x }, { height: x.shape[1], width: x.shape[2] }).y;

/** Sides of the map, pixels: attributes, so that the gradient keeps no tensor. */
type Sides = { height: number; width: number };

const spatialMeanOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSpatialMean',
  body: ({ x }: { x: Tensor4D }, _: Sides) => ({ y: mean<Tensor4D>(x, [1, 2], true) }),
  shapes: ({ x }) => {
    if (x.length !== 4) throw new RangeError(`spatialMean: x is [${x}]; it must be [b, h, w, c]`);
    return { y: [x[0] ?? 0, 1, 1, x[3] ?? 0] };
  },
  gradient: {
    saves: [],
    of: ({ y: dy }, _, sides) => ({ x: () => spreadOp({ dy }, sides).dx }),
  },
});

/** Gives each pixel its share. [b, 1, 1, c] -> [b, h, w, c]. */
const spreadOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionSpatialMeanGrad',
  body: ({ dy }: { dy: Tensor4D }, { height, width }: Sides) => ({
    dx: mul<Tensor4D>(div(dy, height * width), ones([1, height, width, 1])),
  }),
  shapes: ({ dy: [b = 0, , , c = 0] }, { height, width }) => ({ dx: [b, height, width, c] }),
});
