import type { EvaluatedImage } from './evaluatedImage.ts';
import { type JaccardPoint, jaccardIndex } from './jaccardIndex.ts';
import { type MissRate, missRate } from './missRate.ts';
import type { Protocol } from './protocol.ts';
import { benchmarkProtocol } from './protocols.ts';
import { resultsOf } from './results.ts';

/** CrowdHuman's three figures, 0 to 1. */
export interface CrowdHuman {
  /** Log-average miss rate, at the first points that reach the references. */
  readonly MR: number;
  /** The area below the curve of precision over recall as it is, from its first point on. */
  readonly AP: number;
  /** The best of `jaccard`. */
  readonly JI: number;
  /** By the score from which on detections are looked at: 0, .1, ... .9. */
  readonly jaccard: readonly JaccardPoint[];
  readonly missRate: MissRate;
}

/**
 * CrowdHuman's figures. Its program adds 1e-6 to areas before it divides, which is left out here.
 *
 * @throws RangeError for no images, or none with an object that counts; for an image without its size
 * @see Shao et al., 2018; Chu et al., 2020, section 4; CrowdDet, lib/evaluate
 */
export function crowdHuman(
  images: readonly EvaluatedImage[],
  protocol: Protocol = benchmarkProtocol('CrowdHuman', 'Full body'),
): CrowdHuman {
  const missed = missRate(images, protocol);
  const jaccard = jaccardIndex(images, protocol);
  const JI = Math.max(...jaccard.map(({ value }) => value));
  return { MR: missed.logAverage, AP: area(images, protocol), JI, jaccard, missRate: missed };
}

/** By trapezoids, no envelope. @see CrowdDet: eval_AP */
function area(images: readonly EvaluatedImage[], protocol: Protocol): number {
  const { hits, truths } = resultsOf('crowdHuman', images, protocol);
  let [sum, found, before] = [0, 0, 0];
  for (const [i, hit] of hits.entries()) {
    found += hit;
    const precision = found / (i + 1);
    if (i > 0 && hit) sum += (precision + before) / (2 * truths);
    before = precision;
  }
  return sum;
}
