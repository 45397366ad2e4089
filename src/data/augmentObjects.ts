import type { Annotation, Box } from '../core/annotation.ts';
import type { Canvas, Photograph, Subject } from './augmentCanvas.ts';
import { areaOf, intersect, type Placement, placeBox } from './placement.ts';

export interface CutOptions {
  /** Share of what the photograph shows of an object that must still be in view and not covered, 0 to 1. Default .3. */
  readonly leastSeen?: number;
  /** Height and width in view that an object must have, pixels of the input. Default 4. */
  readonly leastSide?: number;
  /** What an object that has less becomes: a region to ignore, or background. Default `ignore`. */
  readonly cut?: 'ignore' | 'background';
  /** Whether boxes end at the edge of the view or reach beyond it. Default `clip`. */
  readonly edges?: 'clip' | 'keep';
}

/**
 * Objects as the input shows them, in its pixels. What is out of view is dropped; of what is cut or covered, enough must
 * be left; regions to ignore are clipped and stay ignored. The reason of a new one is `cut`, `covered` or `small`.
 */
export function settle({ subjects, photographs }: Canvas, options: CutOptions = {}): Annotation[] {
  return subjects.flatMap(
    (subject) => settled(subject, photographs[subject.photograph] ?? photographs[0], options) ?? [],
  );
}

function settled(
  { annotation, lost, seen: whole }: Subject,
  { placement, extent, covered }: Photograph,
  { leastSeen = 0.3, leastSide = 4, cut = 'ignore', edges = 'clip' }: CutOptions,
): Annotation | undefined {
  const seen = placeBox(whole, placement);
  const left = intersect(seen, extent);
  const full = placeBox(annotation.box, placement);
  const clipped = intersect(full, extent);
  if (left === undefined || clipped === undefined) return undefined;
  const box = annotation.ignore === undefined && edges === 'keep' ? full : clipped;
  const beyond = areaOf(box) > areaOf(clipped) * (1 + 1e-9); // by more than rounding
  const visible = annotation.visible || beyond ? { visible: left } : {};
  const object: Annotation = { ...annotation, box, ...visible };
  if (annotation.ignore !== undefined) return object;
  const hidden = covered.map((patch) => placeBox(patch, placement));
  const reason = lost ? 'cut' : lacking({ whole: seen, left, hidden, box: clipped }, { leastSeen, leastSide });
  if (reason === undefined) return object;
  return (lost ?? cut) === 'ignore' ? { ...object, box: clipped, ignore: reason } : undefined;
}

interface InView {
  /** What can be seen of the object, in view or not. */
  readonly whole: Box;
  /** What of that is in view. */
  readonly left: Box;
  /** What is painted over. */
  readonly hidden: readonly Box[];
  /** Its box in view. */
  readonly box: Box;
}

/** Why an object does not count any more; undefined where it does. */
function lacking(
  { whole, left, hidden, box }: InView,
  { leastSeen, leastSide }: Required<Pick<CutOptions, 'leastSeen' | 'leastSide'>>,
): string | undefined {
  const [least, inView] = [leastSeen * areaOf(whole), areaOf(left)];
  if (inView < least) return 'cut';
  const open = inView - coveredArea(left, hidden);
  if (open < least || open <= 1e-9 * inView) return 'covered';
  return Math.min(box[2] - box[0], box[3] - box[1]) < leastSide ? 'small' : undefined;
}

/** How much of a box some others cover together. */
export function coveredArea(box: Box, others: readonly Box[]): number {
  const inside = others.map((other) => intersect(other, box)).filter((other) => other !== undefined);
  const edges = (of: readonly number[]) => [...new Set(of)].sort((a, b) => a - b);
  const rows = edges(inside.flatMap(([y1, , y2]) => [y1, y2]));
  const columns = edges(inside.flatMap(([, x1, , x2]) => [x1, x2]));
  let area = 0;
  for (const [i, y] of rows.slice(0, -1).entries())
    for (const [j, x] of columns.slice(0, -1).entries()) {
      const cell: Box = [y, x, rows[i + 1] ?? y, columns[j + 1] ?? x];
      if (inside.some((other) => intersect(other, cell))) area += areaOf(cell);
    }
  return area;
}

/** @throws RangeError for a share or a side that cannot be */
export function checkCut(where: string, { leastSeen = 0, leastSide = 0 }: CutOptions): void {
  if (!(leastSeen >= 0 && leastSeen <= 1))
    throw new RangeError(`${where}: leastSeen is ${leastSeen}; it must be a share from 0 to 1`);
  if (!(leastSide >= 0)) throw new RangeError(`${where}: leastSide is ${leastSide}; it must be at least 0 pixels`);
}

/** An object as it lies in the input, whole or not. */
export function placeAnnotation(annotation: Annotation, placement: Placement): Annotation {
  const box = placeBox(annotation.box, placement);
  return annotation.visible
    ? { ...annotation, box, visible: placeBox(annotation.visible, placement) }
    : { ...annotation, box };
}
