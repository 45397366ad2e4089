import type { Annotation, Detection } from '../core/annotation.ts';
import { coverage, iou } from '../detection/overlaps.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import type { TidePoint } from './tidePrecision.ts';

/** Class, localisation, both, duplicate, background, missed. */
export type TideName = 'Cls' | 'Loc' | 'Both' | 'Dupe' | 'Bkg' | 'Miss';

export interface TideError {
  readonly name: TideName;
  /** The place of the image, and in its lists of the detection that is false, of the object that it is about. */
  readonly image: number;
  readonly detection?: number;
  readonly object?: number;
  /** The detection's label, or the missed object's. */
  readonly label: string;
}

/** An error and what becomes of its detection where it is set right: a hit of the label `fix`, or nothing. */
export interface TideFix extends TideError {
  readonly score: number;
  readonly fix?: string;
}

export interface TideRun {
  /** Hits and errors, in the order of the images and, in each, best first. */
  readonly outcomes: readonly (TidePoint | TideFix)[];
  /** Objects that count, by label. */
  readonly truths: ReadonlyMap<string, number>;
}

interface Limits {
  readonly overlap: number;
  readonly background: number;
  readonly maxDets: number;
}

/** Finds the errors of all images. @see tidecv, quantify.py */
export function tideErrors(images: readonly EvaluatedImage[], limits: Limits): TideRun {
  if (images.length === 0) throw new RangeError('tide: images is empty; give at least one');
  const truths = new Map<string, number>();
  for (const image of images)
    for (const { label, ignore } of image.truths)
      if (ignore === undefined) truths.set(label, (truths.get(label) ?? 0) + 1);
  if (truths.size === 0) throw new RangeError(`tide: none of ${images.length} images has an object that counts`);
  const outcomes = [...images.entries()].flatMap(([image, { truths: objects, detections }]) =>
    imageErrors(objects, detections, truths, limits).map((outcome) =>
      'hit' in outcome ? outcome : { ...outcome, image },
    ),
  );
  return { outcomes, truths };
}

interface Truth {
  readonly index: number;
  readonly label: string;
  used: boolean;
  /** The place of the best detection that would have found it, were it right. */
  best: number | undefined;
}

interface Found {
  readonly index: number;
  readonly label: string;
  readonly score: number;
  /** With each object that counts. */
  readonly overlaps: readonly number[];
}

function imageErrors(
  objects: readonly Annotation[],
  detections: readonly Detection[],
  classes: ReadonlyMap<string, number>,
  { overlap, background, maxDets }: Limits,
): (TidePoint | Omit<TideFix, 'image'>)[] {
  check(objects, detections);
  const real = [...objects.entries()].filter(([, { ignore }]) => ignore === undefined);
  const truths = real.map(([index, { label }]): Truth => ({ index, label, used: false, best: undefined }));
  const regions = objects.filter(({ ignore }) => ignore !== undefined);
  const found = [...detections.entries()]
    .toSorted(([, a], [, b]) => b.score - a.score)
    .slice(0, maxDets)
    .map(
      ([index, { label, score, box }]): Found => ({
        index,
        label,
        score,
        overlaps: real.map(([, { box: other }]) => iou(box, other)),
      }),
    );
  const hits = new Set<Found>();
  for (const one of found) {
    const match = most(truths, ({ used, label }, k) => (!used && label === one.label ? (one.overlaps[k] ?? 0) : 0));
    if (!match || match.value < overlap) continue;
    match.truth.used = true;
    hits.add(one);
  }
  const ignored = ({ index, label }: Found) =>
    regions.some(
      (region) =>
        (region.label === label || !classes.has(region.label)) &&
        coverage(detections[index]?.box ?? region.box, region.box) > overlap,
    );
  const looked = found
    .filter((one) => hits.has(one) || !ignored(one))
    .map((one) => ({ one, why: hits.has(one) ? undefined : kind(one, truths, overlap, background) }));
  for (const { one, why } of looked)
    if (why?.truth && (why.name === 'Loc' || why.name === 'Cls') && !why.truth.used && why.truth.best === undefined)
      why.truth.best = one.index; // the highest score comes first
  const missed = truths.filter(({ used, best }) => !used && best === undefined);
  return [
    ...looked.map(({ one: { index, label, score }, why }) =>
      why === undefined
        ? { label, score, hit: true }
        : {
            name: why.name,
            detection: index,
            label,
            score,
            ...(why.truth && { object: why.truth.index }),
            ...(why.truth?.best === index && { fix: why.truth.label }),
          },
    ),
    ...missed.map(({ index, label }) => ({ name: 'Miss' as const, object: index, label, score: 0 })),
  ];
}

/** Why a detection is false, and which object it was about. */
function kind(
  { label, overlaps }: Found,
  truths: readonly Truth[],
  overlap: number,
  background: number,
): { readonly name: TideName; readonly truth?: Truth } {
  const own = most(truths, (truth, k) => (truth.label === label ? (overlaps[k] ?? 0) : 0));
  if (own === undefined) return { name: 'Bkg' };
  if (own.value >= background && own.value <= overlap) return { name: 'Loc', truth: own.truth };
  const other = most(truths, (truth, k) => (truth.label === label ? 0 : (overlaps[k] ?? 0)));
  if (other && other.value >= overlap) return { name: 'Cls', truth: other.truth };
  const used = most(truths, (truth, k) => (truth.used && truth.label === label ? (overlaps[k] ?? 0) : 0));
  if (used && used.value >= overlap) return { name: 'Dupe', truth: used.truth };
  const any = most(truths, (_, k) => overlaps[k] ?? 0);
  return any && any.value > background ? { name: 'Both', truth: any.truth } : { name: 'Bkg' };
}

/** The object of the greatest value, the first of equal ones. */
function most(truths: readonly Truth[], of: (truth: Truth, k: number) => number) {
  let best: { readonly truth: Truth; readonly value: number } | undefined;
  for (const [k, truth] of truths.entries()) {
    const value = of(truth, k);
    if (best === undefined || value > best.value) best = { truth, value };
  }
  return best;
}

function check(objects: readonly Annotation[], detections: readonly Detection[]): void {
  for (const { box } of [...objects, ...detections])
    if (!box.every(Number.isFinite))
      throw new RangeError(`tide: a box is [${box.join(', ')}]; boxes are four finite numbers`);
  for (const { score } of detections)
    if (!Number.isFinite(score)) throw new RangeError(`tide: a detection has score ${score}; scores are numbers`);
}
