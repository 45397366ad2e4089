import type { Box } from '../core/annotation.ts';

/** Boxes end to end, [n, 4] as [y1, x1, y2, x2], pixels. */
export type Boxes = Float32Array | Float64Array;

/** How many boxes there are. @throws RangeError for numbers that are not four to a box */
export function boxCount(where: string, boxes: Boxes): number {
  if (boxes.length % 4 !== 0)
    throw new RangeError(`${where}: ${boxes.length} numbers are no boxes; give four to a box, [y1, x1, y2, x2]`);
  return boxes.length / 4;
}

/** Boxes end to end, for the functions that read many. n boxes -> [n, 4]. */
export const flatten = (boxes: readonly Box[]): Float64Array => Float64Array.from(boxes.flat());

/** One of many. @throws RangeError where there is none */
export function boxAt(boxes: Boxes, index: number): Box {
  const [y1, x1, y2, x2] = boxes.subarray(4 * index, 4 * index + 4);
  if (y1 === undefined || x1 === undefined || y2 === undefined || x2 === undefined)
    throw new RangeError(`boxAt: no box ${index}; there are ${boxes.length / 4}`);
  return [y1, x1, y2, x2];
}

/** Square pixels. [n, 4] -> [n]. @throws RangeError for numbers that are not four to a box */
export function areas(boxes: Boxes): Float64Array {
  return Float64Array.from({ length: boxCount('areas', boxes) }, (_, i) => {
    const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * i, 4 * i + 4);
    return (y2 - y1) * (x2 - x1);
  });
}

/**
 * Moves corners that are outside an image onto its edge; a box outside becomes a line or a point. [n, 4] -> [n, 4].
 *
 * @throws RangeError for numbers that are not four to a box
 */
export function clipBoxes<T extends Boxes>(boxes: T, [height, width]: readonly [height: number, width: number]): T {
  boxCount('clipBoxes', boxes);
  const clipped = boxes.slice() as T; // the same kind of array, which its type does not say
  boxes.forEach((corner, i) => {
    clipped[i] = Math.min(Math.max(corner, 0), i % 2 === 0 ? height : width);
  });
  return clipped;
}
