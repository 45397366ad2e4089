import { cocoClasses } from './cocoClasses.ts';
import { type CocoCurves, cocoCurves } from './cocoCurves.ts';
import { type CocoArea, cocoMatch } from './cocoMatch.ts';
import { meanPrecision, meanRecall } from './cocoMeans.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';

export interface CocoOptions {
  /** Labels, in the order of the benchmark's classes. Default those of the objects, as they come. */
  readonly classes?: readonly string[];
  /** Whether an object may be found only as its class, or as anything, as proposals are. Default `class`. */
  readonly by?: 'class' | 'all';
  /** Overlaps. Default .5, .55, ... .95. */
  readonly ious?: readonly number[];
  /** Ranges of areas; the first is that of the main figures. Default COCO's: all, small, medium, large. */
  readonly areas?: readonly CocoArea[];
  /** Detections of an image and class that are looked at, best first, upwards. Default 1, 10, 100. */
  readonly maxDets?: readonly number[];
}

/** Means from 0 to 1; undefined where no class has an object that counts. */
export interface CocoMetrics {
  /** Over all overlaps and classes, and at the overlap .5 and .75 where they are among them. */
  readonly AP: number | undefined;
  readonly AP50: number | undefined;
  readonly AP75: number | undefined;
  /** By the number of detections looked at. */
  readonly AR: readonly { readonly maxDets: number; readonly value: number | undefined }[];
  readonly areas: readonly {
    readonly name: string;
    readonly AP: number | undefined;
    readonly AR: number | undefined;
  }[];
  readonly classes: readonly CocoClassMetrics[];
  /** The overlaps that `curves` are of. */
  readonly ious: readonly number[];
  readonly curves: CocoCurves;
}

export interface CocoClassMetrics {
  readonly label: string;
  /** Objects that count. */
  readonly truths: number;
  readonly AP: number | undefined;
  readonly AP50: number | undefined;
  readonly AP75: number | undefined;
  readonly AR: number | undefined;
  readonly areas: readonly {
    readonly name: string;
    readonly AP: number | undefined;
    readonly AR: number | undefined;
  }[];
}

/** Square pixels. @see pycocotools/cocoeval.py: Params */
export const cocoAreas: readonly CocoArea[] = [
  { name: 'all', from: 0, to: 1e10 },
  { name: 'small', from: 0, to: 32 ** 2 },
  { name: 'medium', from: 32 ** 2, to: 96 ** 2 },
  { name: 'large', from: 96 ** 2, to: 1e10 },
];

/** .5, .55, ... .95 as numpy's linspace makes them. */
export const cocoIous: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/**
 * COCO's average precision and recall. An object with an `ignore` reason is a crowd: any number of detections may be in
 * it and count neither way. Detections of one score stand in the order of the images and of their lists.
 *
 * @throws RangeError for no images, no classes, or overlaps, areas and numbers that cannot be; for scores and boxes that are not finite
 * @see Lin et al., 2014; pycocotools 2.0.11
 */
export function cocoMetrics(images: readonly EvaluatedImage[], options: CocoOptions = {}): CocoMetrics {
  const { by = 'class', ious = cocoIous, areas = cocoAreas, maxDets = [1, 10, 100] } = options;
  const classes = options.classes ?? [...new Set(images.flatMap(({ truths }) => truths.map(({ label }) => label)))];
  check(images, { classes, ious, areas, maxDets });
  const most = maxDets[maxDets.length - 1] ?? 0;
  const rows = cocoClasses(images, classes, by);
  const matches = rows.map((row) => cocoMatch(row, { ious, areas, most }));
  const curves = cocoCurves(matches, ious.length, maxDets);
  const [t50, t75] = [0.5, 0.75].map((wanted) => ious.findIndex((iou) => Math.abs(iou - wanted) < 1e-9));
  const last = maxDets.length - 1;
  const figures = (k: number | undefined) => ({
    AP: meanPrecision(curves, { k, a: 0, m: last }),
    AP50: meanPrecision(curves, { k, a: 0, m: last, t: t50 }),
    AP75: meanPrecision(curves, { k, a: 0, m: last, t: t75 }),
    areas: areas.map(({ name }, a) => ({
      name,
      AP: meanPrecision(curves, { k, a, m: last }),
      AR: meanRecall(curves, { k, a, m: last }),
    })),
  });
  return {
    ...figures(undefined),
    AR: maxDets.map((number, m) => ({ maxDets: number, value: meanRecall(curves, { a: 0, m }) })),
    classes: rows.map(({ label }, k) => ({
      label,
      truths: matches[k]?.truths[0] ?? 0,
      ...figures(k),
      AR: meanRecall(curves, { k, a: 0, m: last }),
    })),
    ious,
    curves,
  };
}

function check(
  images: readonly EvaluatedImage[],
  { classes, ious, areas, maxDets }: Required<Omit<CocoOptions, 'by'>>,
): void {
  const refuse = (what: string) => {
    throw new RangeError(`cocoMetrics: ${what}`);
  };
  if (images.length === 0) refuse('images is empty; give at least one');
  if (classes.length === 0) refuse(`none of ${images.length} images has an object; give some, or classes`);
  if (new Set(classes).size !== classes.length) refuse(`classes names one twice: ${classes.join(', ')}`);
  if (ious.length === 0 || !ious.every((iou) => iou > 0 && iou <= 1))
    refuse(`ious are [${ious.join(', ')}]; they must be above 0 and at most 1`);
  if (areas.length === 0 || !areas.every(({ from, to }) => from <= to))
    refuse(`areas are [${areas.map(({ from, to }) => `${from} to ${to}`).join(', ')}]; each must go up`);
  const upwards = maxDets.every((most, i) => Number.isInteger(most) && most > (maxDets[i - 1] ?? 0));
  if (maxDets.length === 0 || !upwards)
    refuse(`maxDets are [${maxDets.join(', ')}]; they must be whole numbers above 0, the greatest last`);
}
