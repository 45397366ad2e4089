import { gather, type Tensor4D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { compositeOp } from './composite.ts';
import { separable } from './separable.ts';
import { checkSize, sides } from './size.ts';

/**
 * Repeats pixels until a map has another size, larger or smaller, whole ratio or not. [b, h, w, c] -> [b, h', w', c].
 *
 * Pixel i of the result is pixel floor(i * h / h') of the map, in whole numbers, so exact; tf.image.resizeNearestNeighbor
 * rounds the ratio first, and is a pixel off for some (49 rows from 1).
 *
 * @throws RangeError for a size that is not two whole numbers of at least 1
 */
export function upsampleNearest(x: Tensor4D, size: readonly [height: number, width: number]): Tensor4D {
  checkSize('upsampleNearest', x.shape, size);
  return upsampleOp({ x }, sides(x, size)).y;
}

type Attrs = ReturnType<typeof sides>;

const upsampleOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionUpsampleNearest',
  body: ({ x }: { x: Tensor4D }, { inHeight, inWidth, height, width }: Attrs) => ({
    y: gather<Tensor4D>(
      gather(x, tensor1d(sources(inHeight, height), 'int32'), 1),
      tensor1d(sources(inWidth, width), 'int32'),
      2,
    ),
  }),
  shapes: ({ x: [b = 0, , , c = 0] }, { height, width }) => ({ y: [b, height, width, c] }),
  gradient: { saves: [], of: ({ y: dy }, _, attrs) => ({ x: () => gradOp({ dy }, attrs).dx }) },
});

/** Sums the pixels that came from each. [b, h', w', c] -> [b, h, w, c]. */
const gradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionUpsampleNearestGrad',
  body: ({ dy }: { dy: Tensor4D }, { inHeight, inWidth, height, width }: Attrs) => ({
    dx: separable(dy, selection(inHeight, height), selection(inWidth, width)),
  }),
  shapes: ({ dy: [b = 0, , , c = 0] }, { inHeight, inWidth }) => ({ dx: [b, inHeight, inWidth, c] }),
});

const sources = (from: number, to: number) => Array.from({ length: to }, (_, i) => Math.floor((i * from) / to));

/** [from, to]: 1 where pixel j of the result is pixel i of the map. */
function selection(from: number, to: number) {
  const chosen = sources(from, to);
  return tensor2d(Array.from({ length: from }, (_, i) => chosen.map((source) => (source === i ? 1 : 0))));
}
