import { type Boxes, boxAt, boxCount } from './boxes.ts';
import { descending, type Scores } from './order.ts';
import { checkSuppression, suppression } from './suppression.ts';

export interface NmsOptions {
  /** A box that overlaps a better one of its class by more than this IoU is dropped. */
  readonly iouAbove: number;
  /** Class of each box; boxes of unlike classes do not see each other. Default one class. */
  readonly classes?: Int32Array;
  /** Boxes are left out unless their score is above this. Default none are. */
  readonly scoreAbove?: number;
  /** Ends when so many are kept. Default all. */
  readonly keep?: number;
}

/**
 * Greedy non-maximum suppression. [n, 4], [n] -> places of the boxes that are kept, from the best; of equal scores the
 * first box comes first. Stops, and sorts, no later than it must.
 *
 * @throws RangeError for numbers that do not go together, or a score that is NaN
 * @see torchvision.ops.batched_nms, whose choice it is
 */
export function nms(boxes: Boxes, scores: Scores, options: NmsOptions): Int32Array {
  const { iouAbove, classes, scoreAbove = Number.NEGATIVE_INFINITY, keep = Number.POSITIVE_INFINITY } = options;
  const count = boxCount('nms', boxes);
  checkSuppression('nms', iouAbove, keep);
  if (scores.length !== count || (classes !== undefined && classes.length !== count))
    throw new RangeError(
      `nms: ${count} boxes, ${scores.length} scores${classes ? ` and ${classes.length} classes` : ''}; give one a box`,
    );
  const wrong = scores.findIndex(Number.isNaN);
  if (wrong !== -1) throw new RangeError(`nms: score ${wrong} is NaN; it must be a number`);

  const candidates = Int32Array.from(scores.keys()).filter((i) => (scores[i] ?? 0) > scoreAbove);
  const offer = suppression(iouAbove);
  const kept: number[] = [];
  for (const place of keep > 0 ? descending(Float64Array.from(candidates, (i) => scores[i] ?? 0)) : []) {
    const index = candidates[place] ?? 0;
    if (offer(boxAt(boxes, index), classes?.[index] ?? 0)) kept.push(index);
    if (kept.length >= keep) break;
  }
  return Int32Array.from(kept);
}
