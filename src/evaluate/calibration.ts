import type { EvaluatedImage } from './evaluatedImage.ts';
import type { Protocol } from './protocol.ts';
import { resultsOf } from './results.ts';

/** Detections of like scores. */
export interface CalibrationBin {
  /** Scores from the first up to the second, 1 in the last. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** What they say, and what is so: the mean score, and the share that found an object; undefined of none. */
  readonly score: number | undefined;
  readonly precision: number | undefined;
}

/** How far scores are probabilities. Plain data. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** The mean distance of score and precision over detections, and the greatest of a bin: 0 to 1. */
  readonly expectedError: number;
  readonly maximumError: number;
  /** The mean squared distance of a score from what came of it. */
  readonly brier: number;
  readonly detections: number;
}

export interface CalibrationOptions {
  /** Default 10. */
  readonly bins?: number;
  /** Detections below it are left out: they are many, and false. Default 0. */
  readonly score?: number;
}

/**
 * The reliability curve of the scores under a protocol and its expected calibration error. Scores must be 0 to 1.
 *
 * @throws RangeError as `missRate`; for scores beyond 0 and 1, no detections, or bins that cannot be
 * @see Guo et al., 2017; Kueppers et al., 2020, of detectors
 */
export function calibration(
  images: readonly EvaluatedImage[],
  protocol: Protocol,
  { bins: number = 10, score: least = 0 }: CalibrationOptions = {},
): Calibration {
  if (!(Number.isInteger(number) && number > 0))
    throw new RangeError(`calibration: bins is ${number}; it must be a whole number above 0`);
  const { scores, hits } = resultsOf('calibration', images, protocol);
  const sums = Array.from({ length: number }, () => ({ count: 0, score: 0, hits: 0 }));
  let [detections, squares] = [0, 0];
  for (const [i, score] of scores.entries()) {
    if (score < 0 || score > 1)
      throw new RangeError(
        `calibration: a detection has score ${score}; scores are 0 to 1, so pass others through a sigmoid first`,
      );
    const sum = sums[Math.min(number - 1, Math.floor(score * number))];
    if (score < least || sum === undefined) continue;
    const hit = hits[i] ?? 0;
    sum.count++;
    sum.score += score;
    sum.hits += hit;
    detections++;
    squares += (score - hit) ** 2;
  }
  if (detections === 0)
    throw new RangeError(`calibration: of ${scores.length} detections none has a score of ${least} or more`);
  const bins = sums.map(({ count, score, hits: found }, i) => ({
    from: i / number,
    to: (i + 1) / number,
    count,
    score: count === 0 ? undefined : score / count,
    precision: count === 0 ? undefined : found / count,
  }));
  const apart = bins.map(({ score = 0, precision = 0 }) => Math.abs(score - precision));
  return {
    bins,
    expectedError: apart.reduce((sum, error, i) => sum + (error * (bins[i]?.count ?? 0)) / detections, 0),
    maximumError: Math.max(...apart),
    brier: squares / detections,
    detections,
  };
}
