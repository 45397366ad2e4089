import type { ImageCache } from './batchCache.ts';
import type { RgbImage } from './image.ts';
import type { Loaders, Place } from './loaders.ts';
import { checkImage } from './resize.ts';
import type { Sample } from './sample.ts';

/**
 * Pixels of a sample, held to what the sample says of them: boxes of another size of image would be wrong.
 *
 * @throws Error that names the sample and where it was asked for, with the reason as its cause
 */
export async function decode(
  sample: Sample,
  where: string,
  { cache, loaders, signal }: DecodeOptions = {},
): Promise<RgbImage> {
  const place = placeOf(sample);
  const until = cache ? undefined : signal; // others may wait for what a cache keeps
  const read = place && loaders ? () => loaders.read(place, until) : () => sample.image();
  try {
    const image = await (cache ? cache.image(sample, read) : read());
    checkImage('decode', image);
    if (image.width !== sample.width || image.height !== sample.height)
      throw new RangeError(
        `the image is ${image.height}x${image.width} but its annotations are for ${sample.height}x${sample.width}; are they of the same file?`,
      );
    return image;
  } catch (error) {
    throw unreadable(sample, where, error);
  }
}

export interface DecodeOptions {
  readonly cache?: ImageCache | undefined;
  readonly loaders?: Loaders | undefined;
  readonly signal?: AbortSignal;
}

/** Names the sample that cannot be read, and where it was asked for. */
export function unreadable({ id }: Sample, where: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`batches: ${id} (${where}): ${reason}`, { cause });
}

/** Where a worker can read it. */
export function placeOf({ image: { at }, width, height }: Sample): Place | undefined {
  return at === undefined ? undefined : { at, width, height };
}
