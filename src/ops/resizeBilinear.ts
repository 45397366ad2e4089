import { image, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';
import { separable } from './separable.ts';
import { checkSize, sides } from './size.ts';

/**
 * Interpolates a map between the centres of its pixels, its edge repeated outside. [b, h, w, c] -> [b, h', w', c].
 *
 * As tf.image.resizeBilinear with half-pixel centres, without smoothing first when it makes a map smaller; with a
 * gradient of its own, since tfjs's takes the corners for the centres.
 *
 * @throws RangeError for a size that is not two whole numbers of at least 1
 */
export function resizeBilinear(x: Tensor4D, size: readonly [height: number, width: number]): Tensor4D {
  checkSize('resizeBilinear', x.shape, size);
  return resizeOp({ x }, sides(x, size)).y;
}

type Attrs = ReturnType<typeof sides>;

const resizeOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionResizeBilinear',
  body: ({ x }: { x: Tensor4D }, { height, width }: Attrs) => ({
    y: image.resizeBilinear(x, [height, width], false, true),
  }),
  shapes: ({ x: [b = 0, , , c = 0] }, { height, width }) => ({ y: [b, height, width, c] }),
  gradient: { saves: [], of: ({ y: dy }, _, attrs) => ({ x: () => gradOp({ dy }, attrs).dx }) },
});

/** Gives each pixel back what was taken of it. [b, h', w', c] -> [b, h, w, c]. */
const gradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionResizeBilinearGrad',
  body: ({ dy }: { dy: Tensor4D }, { inHeight, inWidth, height, width }: Attrs) => ({
    dx: separable(dy, shares(inHeight, height), shares(inWidth, width)),
  }),
  shapes: ({ dy: [b = 0, , , c = 0] }, { inHeight, inWidth }) => ({ dx: [b, inHeight, inWidth, c] }),
});

/** [from, to]: how much of pixel i of the map is in pixel j of the result. */
function shares(from: number, to: number) {
  const values = new Float32Array(from * to);
  for (let j = 0; j < to; j++) {
    const centre = Math.max(0, ((j + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(centre));
    const high = Math.min(from - 1, low + 1);
    const add = (i: number, share: number) => values.set([(values[i * to + j] ?? 0) + share], i * to + j);
    add(low, 1 - (centre - low));
    add(high, centre - low);
  }
  return tensor2d(values, [from, to]);
}
