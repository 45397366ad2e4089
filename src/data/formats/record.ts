import type { Annotation } from '../../core/annotation.ts';
import type { RgbImage } from '../image.ts';
import type { Sample, SampleFile } from '../sample.ts';

/** What annotation files say of one image, before anybody has looked at the image. */
export interface ImageRecord {
  /** Unique in its data set. */
  readonly id: string;
  /** Where the image lies below its data set's folder of images, with `/`; never outside of it. */
  readonly file: string;
  /** Pixels; absent where the annotations say nothing of it. */
  readonly width?: number;
  /** Pixels; absent where the annotations say nothing of it. */
  readonly height?: number;
  /** Objects, in the source's order. */
  readonly objects: readonly Annotation[];
}

/** A record whose size is known. */
export type SizedRecord = ImageRecord & { readonly width: number; readonly height: number };

/** What a reader adds to a record to make it a sample. */
export interface RecordImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly image: () => Promise<RgbImage>;
  readonly file?: SampleFile;
}

/** A sample of a record and its image. */
export function sampleOfRecord({ id, objects }: ImageRecord, image: RecordImage): Sample {
  return { id, objects, ...image };
}
