import type { Annotation } from '../core/annotation.ts';
import type { RgbImage } from './image.ts';

/** One image of a data set, with what is known of it; its pixels are read when they are asked for. */
export interface Sample {
  /** Unique in its data set: `set06/V000/I00029`. */
  readonly id: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Objects, in the source's order; none for a frame that shows nothing. */
  readonly objects: readonly Annotation[];
  /** Decodes the pixels, anew at each call. */
  readonly image: () => Promise<RgbImage>;
  /** The image as a file, where it lies in one, so that it can be copied as it is. */
  readonly file?: SampleFile;
}

/** An image as it is stored. */
export interface SampleFile {
  /** What such files end in: `jpg`, `png`. */
  readonly ending: string;
  /** The bytes of the file, read anew at each call. */
  readonly read: () => Promise<Uint8Array>;
}
