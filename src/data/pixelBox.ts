import type { Box } from '../core/annotation.ts';

/** A box as MATLAB's tools write it: `[left, top, width, height]`, the image's first pixel being (1, 1). */
export type PixelBox = readonly [left: number, top: number, width: number, height: number];

/** Onto pixel edges from 0: the first pixel of an image, [1, 1, 1, 1], is [0, 0, 1, 1]. */
export function boxOfPixels([left, top, width, height]: PixelBox): Box {
  return [top - 1, left - 1, top - 1 + height, left - 1 + width];
}

/** The way back. */
export function pixelsOfBox([y1, x1, y2, x2]: Box): PixelBox {
  return [x1 + 1, y1 + 1, x2 - x1, y2 - y1];
}

/** Whether it is the [0 0 0 0] that stands for "not set". */
export function isUnset(box: PixelBox): boolean {
  return box.every((side) => side === 0);
}

/** Four finite numbers as a box, else undefined. */
export function pixelBox(values: readonly number[]): PixelBox | undefined {
  const [left, top, width, height, ...more] = values;
  if (left === undefined || top === undefined || width === undefined || height === undefined || more.length > 0)
    return undefined;
  return values.every(Number.isFinite) ? [left, top, width, height] : undefined;
}
