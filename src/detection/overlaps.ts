import type { Box } from '../core/annotation.ts';
import { type Boxes, boxAt, boxCount } from './boxes.ts';

/** What two boxes have in common: square pixels for `intersection`, no unit for the others. */
export type Overlap = (a: Box, b: Box) => number;

const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);
const square = (x: number) => x * x;
/** A part of a whole; of nothing it is 0. */
const part = (amount: number, whole: number) => (whole > 0 ? amount / whole : 0);
/** The smallest box around two. */
const hull = (a: Box, b: Box): Box => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

/** Square pixels that are in both; 0 for boxes that only touch. */
export const intersection: Overlap = (a, b) =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));

const union: Overlap = (a, b) => area(a) + area(b) - intersection(a, b);

/** Intersection over union, 0 to 1; 0 where neither has an area. */
export const iou: Overlap = (a, b) => part(intersection(a, b), union(a, b));

/** The part of `a` that is in `b`, 0 to 1: how deep a box is in a region to ignore. */
export const coverage: Overlap = (a, b) => part(intersection(a, b), area(a));

/** IoU less the part of the hull that is in neither, -1 to 1. @see Rezatofighi et al., GIoU, 2019 */
export const generalizedIou: Overlap = (a, b) => {
  const all = area(hull(a, b));
  return iou(a, b) - part(all - union(a, b), all);
};

/** IoU less the squared distance of the centres over the hull's diagonal, -1 to 1. @see Zheng et al., DIoU, 2020 */
export const distanceIou: Overlap = (a, b) => {
  const [y1, x1, y2, x2] = hull(a, b);
  const apart = square(a[0] + a[2] - b[0] - b[2]) / 4 + square(a[1] + a[3] - b[1] - b[3]) / 4;
  return iou(a, b) - part(apart, square(y2 - y1) + square(x2 - x1));
};

/** `distanceIou` less a term for unlike aspect ratios. @see Zheng et al., DIoU, 2020, section 3.4 */
export const completeIou: Overlap = (a, b) => {
  const angle = ([y1, x1, y2, x2]: Box) => Math.atan2(x2 - x1, y2 - y1);
  const unlike = (4 / Math.PI ** 2) * square(angle(a) - angle(b));
  return distanceIou(a, b) - part(unlike * unlike, 1 - iou(a, b) + unlike);
};

/**
 * An overlap of each box of `a` with each of `b`. [n, 4], [m, 4] -> [n, m], in rows. Default `iou`.
 *
 * @throws RangeError for numbers that are not four to a box
 */
export function overlaps(a: Boxes, b: Boxes, overlap: Overlap = iou): Float64Array {
  const [rows, columns] = [boxCount('overlaps: a', a), boxCount('overlaps: b', b)];
  const right = Array.from({ length: columns }, (_, j) => boxAt(b, j));
  const matrix = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const left = boxAt(a, i);
    for (const [j, box] of right.entries()) matrix[i * columns + j] = overlap(left, box);
  }
  return matrix;
}
