import type { Boxes } from './boxes.ts';
import type { Scores } from './order.ts';

/** Boxes that are left, from the best, and the scores that they are left with. */
export interface Rescored {
  readonly indices: Int32Array;
  readonly scores: Float64Array;
}

/** What suppressions that lower scores have in common. */
export interface RescoringOptions {
  /** Class of each box; boxes of unlike classes do not see each other. Default one class. */
  readonly classes?: Int32Array;
  /** Boxes are left out unless their score, as it has become, is above this. Default 0. */
  readonly scoreAbove?: number;
  /** The most boxes that are left. Default all. */
  readonly keep?: number;
}

/** The IoU of a box with others, by their places; 0 where neither has an area. */
export function overlapWith(boxes: Boxes, index: number): (other: number) => number {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * index, 4 * index + 4);
  const area = (y2 - y1) * (x2 - x1);
  return (other) => {
    const at = 4 * other;
    const [top, left, bottom, right] = [boxes[at] ?? 0, boxes[at + 1] ?? 0, boxes[at + 2] ?? 0, boxes[at + 3] ?? 0];
    const height = Math.min(y2, bottom) - Math.max(y1, top);
    const width = Math.min(x2, right) - Math.max(x1, left);
    if (!(height > 0 && width > 0)) return 0;
    const both = height * width;
    return both / (area + (bottom - top) * (right - left) - both);
  };
}

/** @throws RangeError for numbers that do not go together, or a score that is NaN or below 0 */
export function checkRescoring(where: string, count: number, scores: Scores, options: RescoringOptions): void {
  const { classes, scoreAbove = 0, keep = Number.POSITIVE_INFINITY } = options;
  if (scores.length !== count || (classes !== undefined && classes.length !== count))
    throw new RangeError(
      `${where}: ${count} boxes, ${scores.length} scores${classes ? ` and ${classes.length} classes` : ''}; give one a box`,
    );
  const wrong = scores.findIndex((score) => !(score >= 0));
  if (wrong !== -1)
    throw new RangeError(`${where}: score ${wrong} is ${scores[wrong]}; it must be 0 or more: factors lower it`);
  if (!(scoreAbove >= 0)) throw new RangeError(`${where}: scoreAbove is ${scoreAbove}; it must be 0 or more`);
  if (!(keep >= 0)) throw new RangeError(`${where}: keep is ${keep}; it must be 0 or more`);
}
