import type { Geometry } from '../engine/geometry.ts';

/** Rows of a convolution's result, and where they and the rows of the map that they see begin. */
export interface Band {
  readonly geometry: Geometry;
  readonly x: number;
  readonly y: number;
}

/** Bytes of a band's result: it and what it is made of stay in a cache of the second level. */
const bandBytes = 1 << 19;

/** Numbers of a result. */
export const numbersOf = ({ batch, outHeight, outWidth, outChannels }: Geometry): number =>
  batch * outHeight * outWidth * outChannels;

/**
 * Cuts a convolution into convolutions of fewer rows. Each packs its filter again, so none is much smaller than the filter.
 *
 * @param x address of the map
 * @param y address of the result
 * @param filter numbers of the filter
 */
export function* bands(geometry: Geometry, x: number, y: number, filter: number): Generator<Band> {
  const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { kernelHeight, strideHeight, dilationHeight, padTop } = geometry;
  const [inRow, outRow] = [4 * inWidth * inChannels, 4 * outWidth * outChannels];
  const rows = Math.max(1, Math.ceil(Math.max(bandBytes, 32 * filter) / outRow));
  if (rows * 1.5 >= outHeight * batch) {
    yield { geometry, x, y };
    return;
  }
  for (let image = 0; image < batch; image++)
    for (let first = 0; first < outHeight; first += rows) {
      const end = Math.min(outHeight, first + rows);
      const from = first * strideHeight - padTop;
      const to = (end - 1) * strideHeight - padTop + (kernelHeight - 1) * dilationHeight + 1;
      const [top, bottom] = [Math.min(inHeight - 1, Math.max(0, from)), Math.max(1, Math.min(inHeight, to))];
      yield {
        geometry: { ...geometry, batch: 1, inHeight: bottom - top, outHeight: end - first, padTop: top - from },
        x: x + image * inHeight * inRow + top * inRow,
        y: y + image * outHeight * outRow + first * outRow,
      };
    }
}
