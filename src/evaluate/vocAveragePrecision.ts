import type { Box } from '../core/annotation.ts';
import type { AveragePrecision } from './averagePrecision.ts';
import { descending } from './descending.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';

export interface VocOptions {
  readonly label: string;
  /** Whether precision is taken at the 11 recalls of VOC 2007, or at every object found, as since 2010. Default `all`. */
  readonly points?: 11 | 'all';
  /** Overlap that a match needs, inclusive. Default .5. */
  readonly overlap?: number;
  /** Whether a box ends at the edge of its last pixel, or on that pixel, as the devkit's do. Default `edges`. */
  readonly corners?: 'edges' | 'pixels';
}

/** A point of the curve of precision over recall. */
export interface VocPoint {
  readonly score: number;
  readonly recall: number;
  readonly precision: number;
}

export interface VocAveragePrecision extends AveragePrecision {
  readonly curve: readonly VocPoint[];
}

/**
 * VOC's average precision of a class. Unlike COCO and Caltech, a detection stands for the one object that it overlaps
 * most: where another took that, it is false, and where that has an `ignore` reason (VOC's `difficult`), it counts
 * neither way.
 *
 * @throws RangeError where no object of the class counts; for a score that is not a number
 * @see Everingham et al., 2010, section 4.2; VOCdevkit, VOCevaldet.m
 */
export function vocAveragePrecision(images: readonly EvaluatedImage[], options: VocOptions): VocAveragePrecision {
  const { label, points = 'all', overlap = 0.5, corners = 'edges' } = options;
  const list = images.flatMap(({ detections }, image) =>
    detections.flatMap((detection) => (detection.label === label ? [{ ...detection, image }] : [])),
  );
  const bad = list.find(({ score }) => !Number.isFinite(score));
  if (bad) throw new RangeError(`vocAveragePrecision: a detection has score ${bad.score}; scores are numbers`);
  const objects = images.map(({ truths }) => truths.filter((truth) => truth.label === label));
  const truths = objects.flat().filter(({ ignore }) => ignore === undefined).length;
  if (truths === 0)
    throw new RangeError(`vocAveragePrecision: none of ${images.length} images has a ${label} that counts`);
  const taken = new Set<object>();
  const curve: VocPoint[] = [];
  let [hits, falses, detections] = [0, 0, 0];
  for (const place of descending(Float64Array.from(list, ({ score }) => score))) {
    const found = list[place];
    if (found === undefined) continue;
    const most = nearest(found.box, objects[found.image] ?? [], corners === 'pixels' ? 1 : 0);
    const object = most.value >= overlap ? most.object : undefined;
    if (object?.ignore === undefined) {
      detections++;
      if (object !== undefined && !taken.has(object)) hits++;
      else falses++;
      if (object !== undefined) taken.add(object);
    }
    curve.push({
      score: found.score,
      recall: hits / truths,
      precision: hits / Math.max(hits + falses, Number.EPSILON),
    });
  }
  const value = points === 11 ? atEleven(curve) : below(curve);
  return { value, recall: hits / truths, truths, detections, curve };
}

/** The object of the greatest overlap, the first of equal ones. */
function nearest<T extends { readonly box: Box }>(box: Box, objects: readonly T[], one: number) {
  let [value, object]: [number, T | undefined] = [0, undefined];
  for (const candidate of objects) {
    const shared = iou(box, candidate.box, one);
    if (shared > value) [value, object] = [shared, candidate];
  }
  return { value, object };
}

function iou(a: Box, b: Box, one: number): number {
  const high = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + one;
  const wide = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + one;
  if (!(high > 0 && wide > 0)) return 0;
  const area = ([y1, x1, y2, x2]: Box) => (y2 - y1 + one) * (x2 - x1 + one);
  return (high * wide) / (area(a) + area(b) - high * wide);
}

/** The mean of the best precision at a recall of 0, .1, ... 1 or beyond. */
function atEleven(curve: readonly VocPoint[]): number {
  let sum = 0;
  for (let i = 0; i <= 10; i++) {
    const recall = i * 0.1; // as 0:.1:1, where .3 is a little more
    sum += curve.reduce((best, point) => (point.recall >= recall ? Math.max(best, point.precision) : best), 0) / 11;
  }
  return sum;
}

/** The area below the best precision at each recall or beyond. */
function below(curve: readonly VocPoint[]): number {
  let [sum, best, recall] = [0, 0, curve.at(-1)?.recall ?? 0];
  for (const point of curve.toReversed()) {
    sum += (recall - point.recall) * best;
    best = Math.max(best, point.precision);
    recall = point.recall;
  }
  return sum + recall * best;
}
