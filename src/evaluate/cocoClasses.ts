import type { Annotation, Box, Detection } from '../core/annotation.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';

/** The objects and detections of one class, image after image. */
export interface CocoClass {
  readonly label: string;
  /** Where the rows of each image begin, and of the last end: [images + 1]. */
  readonly truthStarts: Uint32Array;
  readonly foundStarts: Uint32Array;
  /** [n, 4], [y1, x1, y2, x2], and [n], square pixels. */
  readonly truths: Float64Array;
  readonly truthAreas: Float64Array;
  /** Whether it is ignored, and so a region in which any number of detections may be. */
  readonly crowds: Uint8Array;
  readonly found: Float64Array;
  readonly scores: Float64Array;
}

/**
 * Sorts objects and detections by their classes; labels that are not in `classes` are left out. Of all as one, an image
 * has its rows class after class, as pycocotools has them.
 *
 * @throws RangeError for a score or a box that is not of finite numbers
 */
export function cocoClasses(
  images: readonly EvaluatedImage[],
  classes: readonly string[],
  by: 'class' | 'all',
): CocoClass[] {
  const numbers = new Map(classes.map((label, k) => [label, k]));
  if (by === 'class') return fill(images, classes, numbers);
  const place = ({ label }: { readonly label: string }) => numbers.get(label) ?? classes.length;
  const inOrder = images.map(({ truths, detections }) => ({
    truths: truths.toSorted((a, b) => place(a) - place(b)),
    detections: detections.toSorted((a, b) => place(a) - place(b)),
  }));
  return fill(inOrder, ['all'], new Map(classes.map((label) => [label, 0])));
}

function fill(
  images: readonly EvaluatedImage[],
  labels: readonly string[],
  numbers: ReadonlyMap<string, number>,
): CocoClass[] {
  const truthStarts = starts(images, labels.length, numbers, ({ truths }) => truths);
  const foundStarts = starts(images, labels.length, numbers, ({ detections }) => detections);
  const rows = labels.map((label, k): CocoClass => {
    const [own, detections] = [truthStarts[k] ?? new Uint32Array(1), foundStarts[k] ?? new Uint32Array(1)];
    const [truths, found] = [own[images.length] ?? 0, detections[images.length] ?? 0];
    return {
      label,
      truthStarts: own,
      foundStarts: detections,
      truths: new Float64Array(4 * truths),
      truthAreas: new Float64Array(truths),
      crowds: new Uint8Array(truths),
      found: new Float64Array(4 * found),
      scores: new Float64Array(found),
    };
  });
  const [truthRows, foundRows] = [new Uint32Array(labels.length), new Uint32Array(labels.length)];
  for (const { truths, detections } of images) {
    for (const truth of truths) {
      const k = numbers.get(truth.label);
      if (k !== undefined) putTruth(rows[k], next(truthRows, k), truth);
    }
    for (const detection of detections) {
      const k = numbers.get(detection.label);
      if (k !== undefined) putFound(rows[k], next(foundRows, k), detection);
    }
  }
  return rows;
}

/** Of each class, where the rows of each image begin. */
function starts(
  images: readonly EvaluatedImage[],
  classes: number,
  numbers: ReadonlyMap<string, number>,
  listOf: (image: EvaluatedImage) => readonly { readonly label: string }[],
): Uint32Array[] {
  const all = Array.from({ length: classes }, () => new Uint32Array(images.length + 1));
  for (const [i, image] of images.entries())
    for (const { label } of listOf(image)) {
      const own = all[numbers.get(label) ?? -1];
      if (own) own[i + 1] = (own[i + 1] ?? 0) + 1;
    }
  for (const own of all) for (let i = 1; i < own.length; i++) own[i] = (own[i] ?? 0) + (own[i - 1] ?? 0);
  return all;
}

function next(rows: Uint32Array, k: number): number {
  const row = rows[k] ?? 0;
  rows[k] = row + 1;
  return row;
}

function putTruth(rows: CocoClass | undefined, row: number, { box, area, ignore, crowd }: Annotation): void {
  if (rows === undefined) return;
  put(rows.truths, row, box);
  rows.truthAreas[row] = area ?? (box[2] - box[0]) * (box[3] - box[1]);
  rows.crowds[row] = ignore !== undefined || crowd ? 1 : 0;
}

function putFound(rows: CocoClass | undefined, row: number, { box, score }: Detection): void {
  if (rows === undefined) return;
  if (!Number.isFinite(score)) throw new RangeError(`cocoMetrics: a detection has score ${score}; scores are numbers`);
  put(rows.found, row, box);
  rows.scores[row] = score;
}

function put(boxes: Float64Array, row: number, box: Box): void {
  const [y1, x1, y2, x2] = box;
  if (!Number.isFinite(y1 + x1 + y2 + x2))
    throw new RangeError(`cocoMetrics: a box is [${box.join(', ')}]; boxes are four finite numbers`);
  const at = 4 * row;
  boxes[at] = y1;
  boxes[at + 1] = x1;
  boxes[at + 2] = y2;
  boxes[at + 3] = x2;
}
