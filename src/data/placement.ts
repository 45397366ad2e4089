import type { Box } from '../core/annotation.ts';

/** Height and width, pixels. */
export type Size = readonly [height: number, width: number];

/**
 * Where an image lies in another: its point (y, x) is at (y * scaleY + offsetY, x * scaleX + offsetX).
 * Pixels, counted from the outer edge of the first one; scaleX is negative when the image is mirrored.
 */
export interface Placement {
  readonly scaleY: number;
  readonly scaleX: number;
  readonly offsetY: number;
  readonly offsetX: number;
}

/** Every point where it is. */
export const inPlace: Placement = { scaleY: 1, scaleX: 1, offsetY: 0, offsetX: 0 };

/** `first`, then `second`. */
export function compose(first: Placement, second: Placement): Placement {
  return {
    scaleY: first.scaleY * second.scaleY,
    scaleX: first.scaleX * second.scaleX,
    offsetY: first.offsetY * second.scaleY + second.offsetY,
    offsetX: first.offsetX * second.scaleX + second.offsetX,
  };
}

/** The way back: `placeBox(detection, inverse(placement))` is in pixels of the original. */
export function inverse({ scaleY, scaleX, offsetY, offsetX }: Placement): Placement {
  return { scaleY: 1 / scaleY, scaleX: 1 / scaleX, offsetY: 0 - offsetY / scaleY, offsetX: 0 - offsetX / scaleX };
}

/** Where a box of the image lies in the other one. */
export function placeBox([y1, x1, y2, x2]: Box, { scaleY, scaleX, offsetY, offsetX }: Placement): Box {
  const left = x1 * scaleX + offsetX;
  const right = x2 * scaleX + offsetX;
  const [top, bottom] = [y1 * scaleY + offsetY, y2 * scaleY + offsetY];
  return scaleX < 0 ? [top, right, bottom, left] : [top, left, bottom, right];
}

/** What two boxes share; undefined when that has no area. */
export function intersect(a: Box, b: Box): Box | undefined {
  const box: Box = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return box[2] > box[0] && box[3] > box[1] ? box : undefined;
}

/** Square pixels. */
export function areaOf([y1, x1, y2, x2]: Box): number {
  return (y2 - y1) * (x2 - x1);
}

/** @throws RangeError unless both sides are whole numbers of at least 1 */
export function checkSize(where: string, [height, width]: Size): void {
  if (!(Number.isInteger(height) && Number.isInteger(width) && height >= 1 && width >= 1))
    throw new RangeError(`${where} is [${height}, ${width}]; height and width must be whole numbers of at least 1`);
}
