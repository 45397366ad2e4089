import type { Annotation } from '../core/annotation.ts';
import type { RgbImage } from './image.ts';
import type { Loaders, LoadersOptions } from './loaders.ts';

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
  readonly image: ImageReader;
  /** The image as a file, where it lies in one, so that it can be copied as it is. */
  readonly file?: SampleFile;
}

/** Decodes pixels, anew at each call. Any function does; one that says where they lie lets workers do it in its place. */
export interface ImageReader {
  (): Promise<RgbImage>;
  /** Path or address of the image. */
  readonly at?: string;
  /** Starts workers that read what lies at such places. */
  readonly start?: (options?: LoadersOptions) => Loaders | undefined;
}

/** An image as it is stored. */
export interface SampleFile {
  /** What such files end in: `jpg`, `png`. */
  readonly ending: string;
  /** The bytes of the file, read anew at each call. */
  readonly read: () => Promise<Uint8Array>;
}
