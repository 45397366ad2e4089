import type { Annotation, Detection } from '../core/annotation.ts';

/** What is there in one image, and what was found. */
export interface EvaluatedImage {
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
  /** As of its sample: `set06/V000/I00029`. Protocols of single sets ask for it. */
  readonly id?: string;
  /** Pixels. Protocols that cut boxes to their image ask for it. */
  readonly size?: readonly [height: number, width: number];
}
