import type { RgbImage } from './image.ts';
import type { Sample } from './sample.ts';

/** Decoded images that are kept. */
export interface ImageCache {
  /** Pixels of a sample, kept, or decoded by `decode`, which is the sample's own way by default. */
  readonly image: (sample: Sample, decode?: () => Promise<RgbImage>) => Promise<RgbImage>;
  /** Bytes kept now, those of images still being decoded included. */
  readonly bytes: () => number;
  /** Forgets all of it. */
  readonly clear: () => void;
}

/**
 * Keeps decoded images up to a number of bytes, so that a small data set is decoded once. Full, it keeps what it has:
 * an epoch asks for each image once, and throwing out the oldest would throw out those that come next.
 *
 * @throws RangeError for a negative number of bytes
 */
export function imageCache({ bytes: most }: { readonly bytes: number }): ImageCache {
  if (!(most >= 0)) throw new RangeError(`imageCache: bytes is ${most}; it must be at least 0`);
  let kept = new Map<Sample, Promise<RgbImage>>();
  let bytes = 0;
  function image(sample: Sample, decode = () => sample.image()): Promise<RgbImage> {
    const known = kept.get(sample);
    if (known) return known;
    const decoded = decode();
    const size = 3 * sample.width * sample.height;
    if (bytes + size > most) return decoded;
    const home = kept;
    home.set(sample, decoded);
    bytes += size;
    decoded.catch(() => {
      if (home.delete(sample) && home === kept) bytes -= size; // a failure is not kept
    });
    return decoded;
  }
  function clear() {
    kept = new Map();
    bytes = 0;
  }
  return { image, bytes: () => bytes, clear };
}
