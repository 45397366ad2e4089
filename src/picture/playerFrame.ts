import type { Annotation, Detection } from '../core/annotation.ts';

/** A frame of a sequence: its picture, what is there, what was found, and how they match. */
export interface PlayerFrame {
  /** `set06/V000/I00029`. */
  readonly id: string;
  /** A JPEG or PNG file; it may be a smaller copy. */
  readonly image: Uint8Array;
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
  /** As `matchImage` says it, of all detections. Default nobody knows what is there: each detection is drawn as found. */
  readonly matches?: FrameMatches;
}

export interface FrameMatches {
  readonly detections: readonly { readonly index: number; readonly hit: boolean; readonly object?: number }[];
  readonly counted: readonly number[];
}
