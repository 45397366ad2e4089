import type { Annotation, Detection } from '../core/annotation.ts';
import type { RgbImage } from '../data/image.ts';

/** What is there in an image, what was found, and how they match. */
export interface SheetImage {
  /** `set06/V000/I00029`. */
  readonly id: string;
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
  /** As `matchImage` says it: of all detections. */
  readonly matches: {
    readonly detections: readonly { readonly index: number; readonly hit: boolean; readonly object?: number }[];
    readonly counted: readonly number[];
  };
  /** Decodes the pixels. */
  readonly image: () => Promise<RgbImage>;
}

/** A missed object or a false detection, by its place in the lists of its image. */
export interface ErrorPlace {
  readonly kind: 'missed' | 'false';
  /** What sort of error: `background`, `localisation`. */
  readonly why: string;
  /** The place of the image. */
  readonly image: number;
  readonly index: number;
}

/** A picture of an error: the part of the image around it, with all boxes there. */
export interface ErrorTile extends ErrorPlace {
  /** The image's own name. */
  readonly id: string;
  /** Of the box, pixels of the image. */
  readonly height: number;
  /** Of a false detection. */
  readonly score?: number;
  /** An SVG document. */
  readonly svg: string;
  /** Of the picture, pixels of the image. */
  readonly size: readonly [height: number, width: number];
}
