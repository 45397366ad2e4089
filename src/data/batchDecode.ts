import type { ImageCache } from './batchCache.ts';
import type { RgbImage } from './image.ts';
import { checkImage } from './resize.ts';
import type { Sample } from './sample.ts';

/**
 * Pixels of a sample, held to what the sample says of them: boxes of another size of image would be wrong.
 *
 * @throws Error that names the sample and where it was asked for, with the reason as its cause
 */
export async function decode(sample: Sample, where: string, cache?: ImageCache): Promise<RgbImage> {
  try {
    const image = await (cache ? cache.image(sample) : sample.image());
    checkImage('decode', image);
    if (image.width !== sample.width || image.height !== sample.height)
      throw new RangeError(
        `the image is ${image.height}x${image.width} but its annotations are for ${sample.height}x${sample.width}; are they of the same file?`,
      );
    return image;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`batches: ${sample.id} (${where}): ${reason}`, { cause: error });
  }
}
