import { type EvaluatedImage, matchImage } from './matching.ts';
import type { Protocol } from './protocol.ts';

/** A point of the curve: with detections down to this score, so many false positives an image and so many misses. */
export interface CurvePoint {
  readonly score: number;
  readonly fppi: number;
  readonly missRate: number;
}

export interface MissRate {
  /** exp of the mean log miss rate at the nine references. */
  readonly logAverage: number;
  /** 10^-2 to 10^0, and the miss rate at the last point of the curve that is not beyond. */
  readonly references: readonly { readonly fppi: number; readonly missRate: number }[];
  readonly curve: readonly CurvePoint[];
  /** Images, objects that count, and detections that count. */
  readonly images: number;
  readonly truths: number;
  readonly detections: number;
}

/** Miss rates below are taken for this, so that a detector without misses has a logarithm. @see acfTest.m */
const floor = 1e-10;

/**
 * The log-average miss rate. An image without detections keeps its objects, one without objects its false positives;
 * detections of one score stand in the order in which they were given. Detections of other labels than the protocol's are left out.
 *
 * @throws RangeError for no images, or none with an object that counts; for a score that is not a number
 * @see Dollar et al., 2012; dbEval.m 3.2.1: compRoc
 */
export function missRate(images: readonly EvaluatedImage[], protocol: Protocol): MissRate {
  if (images.length === 0) throw new RangeError('missRate: images is empty; give at least one');
  const results: { score: number; hit: boolean }[] = [];
  let truths = 0;
  for (const image of images) {
    const { counted, detections } = matchImage(image, protocol);
    truths += counted.length;
    results.push(...detections);
  }
  if (truths === 0)
    throw new RangeError(`missRate: none of ${images.length} images has an object that counts under ${protocol.name}`);

  results.sort((a, b) => b.score - a.score); // stable
  let hits = 0;
  const curve = results.map(({ score, hit }, i): CurvePoint => {
    if (hit) hits++;
    return { score, fppi: (i + 1 - hits) / images.length, missRate: 1 - hits / truths };
  });
  const references = Array.from({ length: 9 }, (_, i) => {
    const fppi = 10 ** (-2 + i / 4);
    return { fppi, missRate: curve.findLast((point) => point.fppi <= fppi)?.missRate ?? 1 };
  });
  const logs = references.map((point) => Math.log(Math.max(floor, point.missRate)));
  const logAverage = Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
  return { logAverage, references, curve, images: images.length, truths, detections: results.length };
}
