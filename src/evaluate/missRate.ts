import type { Annotation, Box, Detection } from '../core/annotation.ts';
import { coverage, iou } from '../detection/overlaps.ts';
import type { Protocol } from './protocol.ts';

/** What is there in one image, and what was found. */
export interface EvaluatedImage {
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
}

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
 * @see Dollar et al., 2012; dbEval.m and bbGt.m: evalRes, compRoc
 */
export function missRate(images: readonly EvaluatedImage[], protocol: Protocol): MissRate {
  if (images.length === 0) throw new RangeError('missRate: images is empty; give at least one');
  const results: { score: number; hit: boolean }[] = [];
  let truths = 0;
  for (const image of images) {
    const objects = image.truths.flatMap((truth) => candidate(truth, protocol));
    truths += objects.filter(({ ignored }) => !ignored).length;
    results.push(...matchImage(image.detections, objects, protocol));
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

interface Candidate {
  readonly box: Box;
  readonly ignored: boolean;
}

/** The object as the protocol sees it, or nothing. Bounds are of the box as it was marked. */
function candidate(truth: Annotation, { labels, ignored, height, visible, bounds, aspect }: Protocol): Candidate[] {
  const counts = labels.includes(truth.label) && truth.ignore === undefined;
  if (!counts && truth.ignore === undefined && !ignored.includes(truth.label)) return [];
  const [y1, x1, y2, x2] = truth.box;
  const tall = y2 - y1;
  const share = truth.visible === undefined ? Number.POSITIVE_INFINITY : area(truth.visible) / area(truth.box);
  const inside = y1 >= bounds[0] && x1 >= bounds[1] && y2 <= bounds[2] && x2 <= bounds[3];
  const fits = tall >= height[0] && tall < height[1] && share >= visible[0] && share <= visible[1];
  const real = counts && inside && fits;
  return [{ box: real && aspect !== undefined ? toAspect(truth.box, aspect) : truth.box, ignored: !real }];
}

const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);

function toAspect([y1, x1, y2, x2]: Box, aspect: number): Box {
  const half = (aspect * (y2 - y1)) / 2;
  const middle = (x1 + x2) / 2;
  return [y1, middle - half, y2, middle + half];
}

/** Detections by score take the object they overlap most; one on an ignored region counts neither way. */
function matchImage(detections: readonly Detection[], objects: readonly Candidate[], protocol: Protocol) {
  const { labels, height, aspect, expand, overlap } = protocol;
  const found = detections
    .filter(({ label }) => labels.includes(label))
    .map(({ box, score }) => {
      if (!Number.isFinite(score)) throw new RangeError(`missRate: a detection has score ${score}; scores are numbers`);
      return { box: aspect === undefined ? box : toAspect(box, aspect), score };
    })
    .filter(({ box: [y1, , y2] }) => y2 - y1 >= height[0] / expand && y2 - y1 < height[1] * expand)
    .sort((a, b) => b.score - a.score);
  const ordered = [...objects].sort((a, b) => Number(a.ignored) - Number(b.ignored)); // real ones first
  const taken = new Set<Candidate>();
  return found.flatMap(({ box, score }) => {
    let best = overlap;
    let match: Candidate | undefined;
    for (const object of ordered) {
      if (taken.has(object)) continue;
      if (match !== undefined && !match.ignored && object.ignored) break;
      const shared = object.ignored ? coverage(box, object.box) : iou(box, object.box);
      if (shared < best) continue; // of equal overlaps the later object wins
      best = shared;
      match = object;
    }
    if (match?.ignored) return [];
    if (match) taken.add(match);
    return [{ score, hit: match !== undefined }];
  });
}
