import type { Tensor4D } from '@tensorflow/tfjs-core';

/** Sides of a map before and after, pixels, as attributes of a kernel. */
export const sides = (x: Tensor4D, [height, width]: readonly [height: number, width: number]) => ({
  inHeight: x.shape[1],
  inWidth: x.shape[2],
  height,
  width,
});

/** @throws RangeError for a map that is not [b, h, w, c] or a size that is not two whole numbers of at least 1 */
export function checkSize(op: string, shape: readonly number[], size: readonly number[]): void {
  if (shape.length !== 4) throw new RangeError(`${op}: x is [${shape}]; it must be [b, h, w, c]`);
  if (size.length !== 2 || !size.every((side) => Number.isInteger(side) && side >= 1))
    throw new RangeError(`${op}: size is [${size}]; it must be height and width, whole numbers of at least 1`);
}
