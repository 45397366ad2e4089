import { type Boxes, boxCount } from './boxes.ts';
import type { Scores } from './order.ts';
import { checkRescoring, overlapWith, type Rescored, type RescoringOptions } from './rescored.ts';

/** How a score falls with the IoU of a better box: by 1 - IoU from `iouAbove` on, or by exp(-IoU^2 / sigma). */
export type Softening =
  | { readonly name: 'linear' /** Default 0.3, as in the paper. */; readonly iouAbove?: number }
  | {
      readonly name: 'gaussian' /** The paper's: TensorFlow's `soft_nms_sigma` is half of it. Default 0.5. */;
      readonly sigma?: number;
    };

export type SoftNmsOptions = RescoringOptions & Softening;

/**
 * Soft non-maximum suppression: a box that overlaps a better one of its class is not dropped, its score falls. Takes the
 * best, lowers the rest, drops what falls to `scoreAbove` at once, and so on. [n, 4], [n] -> places and new scores of the
 * boxes that are left, from the best; of equal scores the first box.
 *
 * @throws RangeError for numbers that do not go together, or a score that is NaN
 * @see Bodla et al., Soft-NMS, 2017; effdet, soft_nms.py, whose choice it is
 */
export function softNms(boxes: Boxes, scores: Scores, options: SoftNmsOptions): Rescored {
  const { classes, scoreAbove = 0, keep = Number.POSITIVE_INFINITY } = options;
  const count = boxCount('softNms', boxes);
  checkRescoring('softNms', count, scores, options);
  const fall = falling(options);

  // Those that are left, in their order, and what their scores have become.
  const left = Int32Array.from(scores.keys()).filter((i) => (scores[i] ?? 0) > scoreAbove);
  const now = Float64Array.from(left, (i) => scores[i] ?? 0);
  let remaining = left.length;
  let best = now.indexOf(now.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
  const [indices, values]: [number[], number[]] = [[], []];
  while (remaining > 0 && indices.length < keep) {
    const chosen = left[best] ?? 0;
    indices.push(chosen);
    values.push(now[best] ?? 0);
    const overlap = overlapWith(boxes, chosen);
    let kept = 0;
    let next = 0;
    for (let place = 0; place < remaining; place++) {
      if (place === best) continue;
      const i = left[place] ?? 0;
      const score = now[place] ?? 0;
      const lowered = classes && classes[i] !== classes[chosen] ? score : score * fall(overlap(i));
      if (!(lowered > scoreAbove)) continue;
      left[kept] = i;
      now[kept] = lowered;
      if (lowered > (now[next] ?? 0)) next = kept;
      kept++;
    }
    remaining = kept;
    best = next;
  }
  return { indices: Int32Array.from(indices), scores: Float64Array.from(values) };
}

/** What a score is multiplied by at an IoU. */
function falling(softening: Softening): (iou: number) => number {
  if (softening.name === 'gaussian') {
    const { sigma = 0.5 } = softening;
    if (!(sigma > 0)) throw new RangeError(`softNms: sigma is ${sigma}; it must be above 0`);
    return (iou) => Math.exp((-iou * iou) / sigma);
  }
  const { iouAbove = 0.3 } = softening;
  if (!(iouAbove >= 0 && iouAbove <= 1))
    throw new RangeError(`softNms: iouAbove is ${iouAbove}; it must be from 0 to 1`);
  return (iou) => (iou > iouAbove ? 1 - iou : 1);
}
