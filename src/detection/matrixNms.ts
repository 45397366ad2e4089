import { type Boxes, boxCount } from './boxes.ts';
import { largest, type Scores } from './order.ts';
import { checkRescoring, overlapWith, type Rescored, type RescoringOptions } from './rescored.ts';

/** How a score falls with the IoU of a better box: by 1 - IoU, or by exp(-IoU^2 / sigma). */
export interface MatrixDecay {
  /** Default `gaussian`. */
  readonly decay?: 'linear' | 'gaussian';
  /** The paper's; SOLO's code has one over it, 2. Default 0.5. */
  readonly sigma?: number;
}

export type MatrixNmsOptions = RescoringOptions & MatrixDecay;

/**
 * Matrix non-maximum suppression: the score of a box falls by the better box of its class that lowers it most, and less so
 * where that one is itself overlapped by a better one. One look at each pair, no turns. [n, 4], [n] -> places and new scores
 * of the boxes that are left, from the best; of equal scores the one that was better, then the first.
 *
 * @throws RangeError for numbers that do not go together, or a score that is NaN
 * @see Wang et al., SOLOv2, 2020, section 3.3
 */
export function matrixNms(boxes: Boxes, scores: Scores, options: MatrixNmsOptions = {}): Rescored {
  const { classes, scoreAbove = 0, keep = Number.POSITIVE_INFINITY, decay = 'gaussian', sigma = 0.5 } = options;
  const count = boxCount('matrixNms', boxes);
  checkRescoring('matrixNms', count, scores, options);
  if (!(sigma > 0)) throw new RangeError(`matrixNms: sigma is ${sigma}; it must be above 0`);
  const fall = decay === 'linear' ? (iou: number) => 1 - iou : (iou: number) => Math.exp((-iou * iou) / sigma);

  const order = largest(scores, count).filter((i) => (scores[i] ?? 0) > scoreAbove);
  const lowered = Float64Array.from(order, (i) => scores[i] ?? 0);
  const spared = new Float64Array(order.length); // how far each has fallen by its own most overlapping better one
  for (const [place, i] of order.entries()) {
    const overlap = overlapWith(boxes, i);
    let [factor, most] = [1, 0];
    for (let better = 0; better < place; better++) {
      const other = order[better] ?? 0;
      if (classes && classes[other] !== classes[i]) continue;
      const iou = overlap(other);
      most = Math.max(most, iou);
      const own = spared[better] ?? 1;
      if (own > 0) factor = Math.min(factor, fall(iou) / own); // a copy of a better box lowers nothing that that one does not
    }
    spared[place] = fall(most);
    lowered[place] = (lowered[place] ?? 0) * factor;
  }
  const left = largest(lowered, order.length)
    .filter((place) => (lowered[place] ?? 0) > scoreAbove)
    .slice(0, Math.min(keep, order.length));
  return {
    indices: left.map((place) => order[place] ?? 0),
    scores: Float64Array.from(left, (place) => lowered[place] ?? 0),
  };
}
