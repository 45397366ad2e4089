import type { EvaluatedImage } from './evaluatedImage.ts';
import type { Protocol } from './protocol.ts';
import { resultsOf } from './results.ts';

export interface AveragePrecision {
  /** Area below the curve of precision over recall, 0 to 1. */
  readonly value: number;
  /** Share of the objects that was found at all. */
  readonly recall: number;
  readonly truths: number;
  readonly detections: number;
}

export interface AveragePrecisionOptions {
  /** Where the precision is taken: at every object found, as VOC does since 2010, or at the 101 recalls of COCO. Default 'all'. */
  readonly points?: 'all' | 101;
}

/**
 * Average precision at the protocol's overlap: the mean of the precision over recall, at each recall the best there or
 * beyond. Ignored regions count neither way. Detections of one score stand in the order given; none is left out for
 * their number, while COCO takes the best 100 of an image.
 *
 * @throws RangeError where no object counts; for a score that is not a number
 * @see Everingham et al., VOC 2010, section 3.4.1
 * @see pycocotools/cocoeval.py: accumulate
 */
export function averagePrecision(
  images: readonly EvaluatedImage[],
  protocol: Protocol,
  { points = 'all' }: AveragePrecisionOptions = {},
): AveragePrecision {
  const { hits, truths } = resultsOf('averagePrecision', images, protocol);
  const precisions = precisionAtHits(hits);
  const value = points === 'all' ? sum(precisions) / truths : sum(sampled(precisions, truths)) / points;
  return { value, recall: precisions.length / truths, truths, detections: hits.length };
}

/** The best precision from each hit on, in the order of the hits. */
function precisionAtHits(hits: Uint8Array): number[] {
  const precisions: number[] = [];
  for (const [i, hit] of hits.entries()) if (hit) precisions.push((precisions.length + 1) / (i + 1));
  let best = 0;
  for (let i = precisions.length - 1; i >= 0; i--) {
    best = Math.max(best, precisions[i] ?? 0);
    precisions[i] = best;
  }
  return precisions;
}

/** The precision at the recalls 0, .01, ... 1; beyond the last hit it is 0. */
function sampled(precisions: readonly number[], truths: number): number[] {
  let hit = 0;
  return Array.from({ length: 101 }, (_, i) => {
    while (hit < precisions.length && (hit + 1) / truths < i * 0.01) hit++; // not i / 100: numpy's linspace multiplies
    return precisions[hit] ?? 0;
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
