import type { Annotation } from '../core/annotation.ts';
import { type AssignRule, assign, background, neither } from './assign.ts';
import { type Boxes, boxAt, boxCount, flatten } from './boxes.ts';
import { type Coder, encodeInto, ssdCoder } from './coder.ts';

/** How objects become targets. Plain data: part of a recipe. */
export interface MatchRule extends AssignRule {
  /** A background anchor learns nothing when more than this of it is in a region to ignore. Default 0.5. */
  readonly ignoreAbove?: number;
  /** Of what: `coverage`, the anchor's own area, or `iou`, as for objects. Default `coverage`. */
  readonly ignoreBy?: 'coverage' | 'iou';
}

export interface MatchOptions extends MatchRule {
  /** [n, 4], pixels of the input. */
  readonly anchors: Boxes;
  /** Names of the classes from 1 on; 0 is the background. */
  readonly labels: readonly string[];
  /** Default SSD's. */
  readonly coder?: Coder;
}

/** What the loss of a batch needs to know of its images. */
export interface Targets {
  /** [b, n]: the class that an anchor learns, 0 for background, -1 for nothing. */
  readonly classes: Int32Array;
  /** [b, n, 4]: the codes that it learns; zeros where it learns no object. */
  readonly boxes: Float32Array;
  /** Anchors with an object, in all images. */
  readonly positives: number;
}

/** What an anchor that is told nothing has as its class. */
export const ignoredClass = -1;

/**
 * Matches the objects of each image to anchors. Objects with an `ignore` reason are regions where nothing is learned, save
 * by anchors that have an object.
 *
 * @param images objects of each image, pixels of the input
 * @throws RangeError for an object without an area or of a class that the detector does not have, naming image and object
 * @see `assign`
 */
export function matchBatch(images: readonly (readonly Annotation[])[], options: MatchOptions): Targets {
  const count = boxCount('matchBatch: anchors', options.anchors);
  const { ignoreAbove = 0.5 } = options;
  if (count === 0) throw new RangeError('matchBatch: there are no anchors');
  if (!(ignoreAbove >= 0 && ignoreAbove <= 1))
    throw new RangeError(`matchBatch: ignoreAbove is ${ignoreAbove}; it must be from 0 to 1`);
  const classes = new Int32Array(images.length * count);
  const boxes = new Float32Array(images.length * count * 4);
  let positives = 0;
  for (const [b, objects] of images.entries()) {
    check(b, objects, options.labels);
    const own = classes.subarray(b * count, (b + 1) * count);
    positives += matchImage(objects, options, own, boxes.subarray(b * count * 4, (b + 1) * count * 4));
  }
  return { classes, boxes, positives };
}

/** `matchBatch` of one image. */
export const match = (objects: readonly Annotation[], options: MatchOptions): Targets => matchBatch([objects], options);

/** Writes classes and codes; returns how many anchors have an object. */
function matchImage(
  annotations: readonly Annotation[],
  { anchors, labels, coder = ssdCoder, ignoreAbove = 0.5, ignoreBy = 'coverage', ...rule }: MatchOptions,
  classes: Int32Array,
  codes: Float32Array,
): number {
  const objects = annotations.filter(({ ignore }) => ignore === undefined);
  const regions = annotations.filter(({ ignore }) => ignore !== undefined);
  const boxes = flatten(objects.map(({ box }) => box));
  const names = objects.map(({ label }) => labels.indexOf(label) + 1);

  const owners = assign(classes.length, objects.length, (o, row) => overlapInto(row, boxes, o, anchors, 'iou'), rule);
  let positives = 0;
  for (let i = 0; i < owners.length; i++) {
    const owner = owners[i] ?? background;
    if (owner === neither) classes[i] = ignoredClass;
    if (owner < 0) continue;
    classes[i] = names[owner] ?? 0;
    encodeInto(codes, i, boxes, owner, anchors, coder);
    positives++;
  }

  const ignored = flatten(regions.map(({ box }) => box));
  const row = new Float64Array(regions.length === 0 ? 0 : classes.length);
  for (let r = 0; r < regions.length; r++) {
    overlapInto(row, ignored, r, anchors, ignoreBy);
    for (let i = 0; i < row.length; i++) if (classes[i] === 0 && (row[i] ?? 0) > ignoreAbove) classes[i] = ignoredClass;
  }
  return positives;
}

/**
 * The overlap of a box with every anchor: over the union, or over the anchor's area. In float32 step by step, as the
 * originals compute it, so that anchors of one shape around one object tie, and the first is its best.
 */
function overlapInto(row: Float64Array, boxes: Boxes, index: number, anchors: Boxes, by: 'coverage' | 'iou'): void {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = Float32Array.from(boxAt(boxes, index));
  const overUnion = by === 'iou';
  const { fround } = Math;
  const area = fround(fround(y2 - y1) * fround(x2 - x1));
  for (let i = 0, at = 0; i < row.length; i++, at += 4) {
    const top = anchors[at] ?? 0;
    const left = anchors[at + 1] ?? 0;
    const bottom = anchors[at + 2] ?? 0;
    const right = anchors[at + 3] ?? 0;
    const height = fround(Math.min(y2, bottom) - Math.max(y1, top));
    const width = fround(Math.min(x2, right) - Math.max(x1, left));
    const both = height > 0 && width > 0 ? fround(height * width) : 0;
    const own = fround(fround(bottom - top) * fround(right - left));
    row[i] = both === 0 ? 0 : fround(both / (overUnion ? fround(fround(area + own) - both) : own));
  }
}

function check(image: number, objects: readonly Annotation[], labels: readonly string[]): void {
  for (const [o, { box, label, ignore }] of objects.entries()) {
    const where = `matchBatch: object ${o} of image ${image}`;
    if (ignore !== undefined) continue;
    if (!(box[2] > box[0] && box[3] > box[1] && box.every(Number.isFinite)))
      throw new RangeError(
        `${where} is [${box}]; it must be higher and wider than 0, drop what the image's edge cuts away`,
      );
    if (!labels.includes(label))
      throw new RangeError(
        `${where} is '${label}', which is none of ${labels.join(', ')}; rename it, drop it or give it a reason to ignore`,
      );
  }
}
