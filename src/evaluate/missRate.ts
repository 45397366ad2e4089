import type { EvaluatedImage } from './evaluatedImage.ts';
import type { Protocol } from './protocol.ts';
import { resultsOf } from './results.ts';

/** A point of the curve: with detections down to this score, so many false positives an image and so many misses. */
export interface CurvePoint {
  readonly score: number;
  readonly fppi: number;
  readonly missRate: number;
}

export interface MissRate {
  /** exp of the mean log miss rate at the references. */
  readonly logAverage: number;
  /** 10^-2 to 10^0, and the miss rate at the last point of the curve that is not beyond; or as the protocol says. */
  readonly references: readonly { readonly fppi: number; readonly missRate: number }[];
  readonly curve: readonly CurvePoint[];
  /** Images, objects that count, and detections that count. */
  readonly images: number;
  readonly truths: number;
  readonly detections: number;
}

/** Miss rates below are taken for this, so that a detector without misses has a logarithm. @see acfTest.m */
const floor = 1e-10;

const caltechReferences: readonly number[] = Array.from({ length: 9 }, (_, i) => 10 ** (-2 + i / 4));

/**
 * The log-average miss rate. An image without detections keeps its objects, one without objects its false positives;
 * detections of one score stand in the order in which they were given. Detections of other labels than the protocol's are left out.
 *
 * @throws RangeError for no images, or none with an object that counts; for a score that is not a number
 * @see Dollar et al., 2012; dbEval.m 3.2.1: compRoc
 */
export function missRate(images: readonly EvaluatedImage[], protocol: Protocol): MissRate {
  const { scores, hits, truths, images: number } = resultsOf('missRate', images, protocol);
  const count = scores.length;
  const curve = new Array<CurvePoint>(count);
  let found = 0;
  for (let i = 0; i < count; i++) {
    found += hits[i] ?? 0;
    curve[i] = { score: scores[i] ?? 0, fppi: (i + 1 - found) / number, missRate: 1 - found / truths };
  }
  const { reference = 'last', references: wanted = caltechReferences } = protocol.rules ?? {};
  const at = reference === 'last' ? lastWithin : firstReached;
  const references = wanted.map((fppi) => ({ fppi, missRate: at(curve, fppi)?.missRate ?? 1 }));
  const logs = references.map((point) => Math.log(Math.max(floor, point.missRate)));
  const logAverage = Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
  return { logAverage, references, curve, images: number, truths, detections: count };
}

/** The last point that is not beyond; none where the first is. @see bbGt.m 3.2.1: compRoc */
function lastWithin(curve: readonly CurvePoint[], fppi: number): CurvePoint | undefined {
  const beyond = firstIndex(curve, (point) => point.fppi > fppi);
  return curve[beyond - 1];
}

/** The first point that reaches it, or the last of all. @see CrowdDet: eval_MR */
function firstReached(curve: readonly CurvePoint[], fppi: number): CurvePoint | undefined {
  return curve[
    Math.min(
      firstIndex(curve, (point) => point.fppi >= fppi),
      curve.length - 1,
    )
  ];
}

/** Of points whose false positives only grow: the first that passes, by halving. */
function firstIndex(curve: readonly CurvePoint[], passes: (point: CurvePoint) => boolean): number {
  let [from, to] = [0, curve.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const point = curve[middle];
    if (point !== undefined && passes(point)) to = middle;
    else from = middle + 1;
  }
  return from;
}
