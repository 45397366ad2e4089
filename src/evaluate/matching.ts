import type { Annotation, Box, Detection } from '../core/annotation.ts';
import { coverage, iou } from '../detection/overlaps.ts';
import type { Protocol } from './protocol.ts';

/** What is there in one image, and what was found. */
export interface EvaluatedImage {
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
}

/** What became of a detection that counts. */
export interface MatchedDetection {
  /** Its place in the image's list. */
  readonly index: number;
  readonly score: number;
  /** Whether it found an object; else it is false. */
  readonly hit: boolean;
}

export interface ImageMatches {
  /** Best first. Those of other labels, of heights that do not count and on ignored regions are not there. */
  readonly detections: readonly MatchedDetection[];
  /** Places in the image's list of the objects that count, and of those among them that were found. */
  readonly counted: readonly number[];
  readonly found: ReadonlySet<number>;
}

/**
 * Matches the detections of one image to its objects: by score, each takes the free object that it overlaps most, real
 * ones before ignored regions; one on an ignored region counts neither way. Changes nothing that it is given.
 *
 * @throws RangeError for a score that is not a number
 * @see dbEval.m and bbGt.m 3.2.1: evalRes
 */
export function matchImage({ truths, detections }: EvaluatedImage, protocol: Protocol): ImageMatches {
  const objects = truths.flatMap((truth, index) => candidate(truth, index, protocol));
  const ordered = objects.toSorted((a, b) => Number(a.ignored) - Number(b.ignored)); // real ones first
  const taken = new Set<Candidate>();
  const matched = counting(detections, protocol).flatMap(({ box, score, index }) => {
    const match = best(box, ordered, taken, protocol.overlap);
    if (match?.ignored) return [];
    if (match) taken.add(match);
    return [{ index, score, hit: match !== undefined }];
  });
  return {
    detections: matched,
    counted: objects.flatMap(({ index, ignored }) => (ignored ? [] : [index])),
    found: new Set([...taken].map(({ index }) => index)),
  };
}

interface Candidate {
  readonly box: Box;
  readonly ignored: boolean;
  readonly index: number;
}

/** The object as the protocol sees it, or nothing. Bounds are of the box as it was marked. */
function candidate(truth: Annotation, index: number, protocol: Protocol): Candidate[] {
  const { labels, ignored, height, visible, bounds, aspect } = protocol;
  const counts = labels.includes(truth.label) && truth.ignore === undefined;
  if (!counts && truth.ignore === undefined && !ignored.includes(truth.label)) return [];
  const [y1, x1, y2, x2] = truth.box;
  const tall = y2 - y1;
  const share = truth.visible === undefined ? Number.POSITIVE_INFINITY : area(truth.visible) / area(truth.box);
  const inside = y1 >= bounds[0] && x1 >= bounds[1] && y2 <= bounds[2] && x2 <= bounds[3];
  const fits = tall >= height[0] && tall < height[1] && share >= visible[0] && share <= visible[1];
  const real = counts && inside && fits;
  return [{ index, box: real && aspect !== undefined ? toAspect(truth.box, aspect) : truth.box, ignored: !real }];
}

const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);

function toAspect([y1, x1, y2, x2]: Box, aspect: number): Box {
  const half = (aspect * (y2 - y1)) / 2;
  const middle = (x1 + x2) / 2;
  return [y1, middle - half, y2, middle + half];
}

/** Detections that the protocol looks at, best first; of equal scores in their order. */
function counting(detections: readonly Detection[], { labels, height, aspect, expand }: Protocol) {
  return detections
    .flatMap(({ label, box, score }, index) => {
      if (!labels.includes(label)) return [];
      if (!Number.isFinite(score))
        throw new RangeError(`evaluation: a detection has score ${score}; scores are numbers`);
      return [{ box: aspect === undefined ? box : toAspect(box, aspect), score, index }];
    })
    .filter(({ box: [y1, , y2] }) => y2 - y1 >= height[0] / expand && y2 - y1 < height[1] * expand)
    .sort((a, b) => b.score - a.score);
}

function best(box: Box, ordered: readonly Candidate[], taken: ReadonlySet<Candidate>, overlap: number) {
  let most = overlap;
  let match: Candidate | undefined;
  for (const object of ordered) {
    if (taken.has(object)) continue;
    if (match !== undefined && !match.ignored && object.ignored) break;
    const shared = object.ignored ? coverage(box, object.box) : iou(box, object.box);
    if (shared < most) continue; // of equal overlaps the later object wins
    most = shared;
    match = object;
  }
  return match;
}
