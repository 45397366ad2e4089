import type { Annotation, Box } from '../core/annotation.ts';
import type { Canvas, Subject } from './augmentCanvas.ts';
import { areaOf, intersect, placeBox } from './placement.ts';

export interface CutOptions {
  /** Share of what the photograph shows of an object that must still be in view, 0 to 1. Default .3. */
  readonly leastSeen?: number;
  /** Height and width in view that an object must have, pixels of the input. Default 4. */
  readonly leastSide?: number;
  /** What an object that has less becomes: a region to ignore, or background. Default `ignore`. */
  readonly cut?: 'ignore' | 'background';
  /** Whether boxes end at the edge of the view or reach beyond it. Default `clip`. */
  readonly edges?: 'clip' | 'keep';
}

/**
 * Objects as the input shows them, in its pixels. What is out of view is dropped; of what is cut, enough must be left;
 * regions to ignore are clipped and stay ignored. The reason of a new one is `cut` or `small`.
 */
export function settle({ subjects, placement, layers }: Canvas, options: CutOptions = {}): Annotation[] {
  const photograph = layers[0];
  if (photograph?.kind !== 'photograph') return [];
  return subjects.flatMap((subject) => settled(subject, placeBox(subject.seen, placement), photograph.extent) ?? []);

  function settled({ annotation, lost }: Subject, seen: Box, view: Box): Annotation | undefined {
    const { leastSeen = 0.3, leastSide = 4, cut = 'ignore', edges = 'clip' } = options;
    const left = intersect(seen, view);
    const whole = placeBox(annotation.box, placement);
    const clipped = intersect(whole, view);
    if (left === undefined || clipped === undefined) return undefined;
    const box = annotation.ignore === undefined && edges === 'keep' ? whole : clipped;
    const beyond = areaOf(box) > areaOf(clipped) * (1 + 1e-9); // by more than rounding
    const visible = annotation.visible || beyond ? { visible: left } : {};
    const object: Annotation = { ...annotation, box, ...visible };
    if (annotation.ignore !== undefined) return object;
    const short = Math.min(clipped[2] - clipped[0], clipped[3] - clipped[1]) < leastSide;
    const reason = lost || areaOf(left) < leastSeen * areaOf(seen) ? 'cut' : short ? 'small' : undefined;
    if (reason === undefined) return object;
    return (lost ?? cut) === 'ignore' ? { ...object, box: clipped, ignore: reason } : undefined;
  }
}

/** @throws RangeError for a share or a side that cannot be */
export function checkCut(where: string, { leastSeen = 0, leastSide = 0 }: CutOptions): void {
  if (!(leastSeen >= 0 && leastSeen <= 1))
    throw new RangeError(`${where}: leastSeen is ${leastSeen}; it must be a share from 0 to 1`);
  if (!(leastSide >= 0)) throw new RangeError(`${where}: leastSide is ${leastSide}; it must be at least 0 pixels`);
}

/** An object as it lies in the input, whole or not. */
export function placeAnnotation(annotation: Annotation, placement: Canvas['placement']): Annotation {
  const box = placeBox(annotation.box, placement);
  return annotation.visible
    ? { ...annotation, box, visible: placeBox(annotation.visible, placement) }
    : { ...annotation, box };
}
