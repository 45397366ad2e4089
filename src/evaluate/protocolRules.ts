import type { Annotation, Box } from '../core/annotation.ts';

/** Where benchmarks part from `dbEval.m`. Each is absent where it does not apply. */
export interface ProtocolRules {
  /** Whether an object of the greatest height counts too. Caltech: `excluded`. */
  readonly greatestHeight?: 'excluded' | 'included';
  /** Whether a detection of the least height counts. Caltech: `included`. */
  readonly leastDetection?: 'excluded' | 'included';
  /** Distances of width over height from `aspect` (or 0.41) that count, ends excluded. */
  readonly aspectOff?: readonly [above: number, below: number];
  /** How much may be hidden, by the annotation's word; one without it counts as `none`. */
  readonly occlusion?: readonly NonNullable<Annotation['occlusion']>[];
  /** How much may be hidden, percent, by tags such as `occluded>40`; without one it is 0. */
  readonly occluded?: readonly [from: number, below: number];
  /** How much may be beyond the image's edge, percent, by tags such as `truncated>40`. */
  readonly truncated?: readonly [from: number, below: number];
  /**
   * How a visible box is read. `bbLoad`: an object that is not occluded is seen whole (1, not Infinity), and a visible
   * box that is the whole box says that nothing is seen. Caltech: `dbEval`.
   */
  readonly visibility?: 'dbEval' | 'bbLoad';
  /** Whether detections are brought to `aspect` too. Caltech: `aspect`. */
  readonly detections?: 'aspect' | 'as they are';
  /** Ignored labels in which a detection is measured by its part inside; others by IoU. Absent: all by the part inside. */
  readonly regions?: readonly string[];
  /** What becomes of labels listed nowhere that have an `ignore` reason. Caltech: `ignored`. */
  readonly unlisted?: 'ignored' | 'dropped';
  /** Regions with one of these tags are dropped. */
  readonly droppedTags?: readonly string[];
  /** What all boxes are cut to, before anything else: a frame, or the image itself. */
  readonly clip?: Box | 'image';
  /** Whether the overlap itself suffices and, of equal ones, the later object wins; or neither. Caltech: `reached`. */
  readonly match?: 'reached' | 'exceeded';
  /** Only images of these sets count, by `setNN` in their ids. */
  readonly sets?: readonly number[];
  /** Where the miss rate is taken: at the last point not beyond a reference, or the first not before it. Caltech: `last`. */
  readonly reference?: 'last' | 'first';
  /** False positives an image at which the miss rate is taken. Caltech: 10^-2, 10^-1.75, ... 10^0. */
  readonly references?: readonly number[];
}
