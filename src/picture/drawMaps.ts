import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Level, Maps, Stage } from '../core/levels.ts';
import { greyOf } from '../data/augmentColour.ts';
import type { RgbImage } from '../data/image.ts';
import type { Size } from '../data/placement.ts';
import { checkImage, resize } from '../data/resize.ts';

export interface DrawMapsOptions {
  /** Which image of the batch. Default 0. */
  readonly index?: number;
  /** Height and width of the pictures, pixels; a cell stays a rectangle. Default a pixel a cell, or those of `over`. */
  readonly size?: Size;
  /** The image that the maps were made of, shown grey beneath them. */
  readonly over?: RgbImage;
}

/** How much of the image beneath is seen. */
const beneath = 0.45;

/**
 * Maps as pictures: of each cell the mean size of its numbers over all channels, from black over red and yellow to white; each
 * map in its own scale, which leaves out a tenth of the cells at each end. By level, as `model.pyramid(images)` gives
 * them, or by stage, as a backbone does: [b, h, w, c] each -> RGB pixels. The maps stay the caller's.
 *
 * @throws RangeError for an image that the batch has not, a size that is not of whole pixels, or a map that is not finite
 */
export async function drawMaps<M extends Partial<Maps<Level | Stage>>>(
  maps: M,
  { index = 0, over, size = over && [over.height, over.width] }: DrawMapsOptions = {},
): Promise<{ readonly [N in keyof M]: RgbImage }> {
  if (over) checkImage('drawMaps: over', over);
  const ground = over && size && resize(over, size);
  const pictures: Record<string, RgbImage> = {};
  for (const [name, map] of Object.entries<Tensor4D>(maps)) {
    const [batch, height, width, channels] = map.shape;
    if (!(Number.isInteger(index) && index >= 0 && index < batch))
      throw new RangeError(
        `drawMaps: index is ${index}; ${name} is of ${batch} images, so that it may be 0 to ${batch - 1}`,
      );
    const cells = height * width;
    const numbers = await map.data<'float32'>();
    const means = meanSizes(numbers.subarray(index * cells * channels, (index + 1) * cells * channels), channels);
    const bad = means.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new RangeError(
        `drawMaps: ${name} is ${means[bad]} at row ${Math.floor(bad / width)}, column ${bad % width}; finite numbers are drawn`,
      );
    const picture = { height, width, data: heat(means) };
    const sized = size ? resize(picture, size, { method: 'nearest' }) : picture;
    pictures[name] = ground ? laidOver(sized, ground) : sized;
  }
  return pictures as { readonly [N in keyof M]: RgbImage };
}

/** [cells * channels] -> [cells]. */
function meanSizes(numbers: Float32Array, channels: number): Float64Array {
  const mean = (cell: number) =>
    numbers.subarray(cell * channels, (cell + 1) * channels).reduce((sum, number) => sum + Math.abs(number), 0) /
    channels;
  return Float64Array.from({ length: numbers.length / channels }, (_, cell) => mean(cell));
}

/** Of the cells, at each end of the scale: an edge, where padding shows, would leave all others dark. */
const beyond = 0.1;

/** Black where numbers are small, then red, yellow, and white where they are large. RGB bytes. */
function heat(numbers: Float64Array): Uint8Array {
  const sorted = numbers.toSorted();
  const most = numbers.length - 1;
  const [low = 0, high = 0] = [sorted[Math.floor(beyond * most)], sorted[Math.ceil((1 - beyond) * most)]];
  const bytes = new Uint8Array(3 * numbers.length);
  for (const [i, number] of numbers.entries()) {
    const share = (number - low) / (high - low || 1);
    for (const c of [0, 1, 2]) bytes[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, 3 * share - c)));
  }
  return bytes;
}

/** A grey image shows through. */
function laidOver(map: RgbImage, { data }: RgbImage): RgbImage {
  const bytes = map.data.map((value, i) => {
    const pixel = 3 * Math.floor(i / 3);
    const grey = greyOf(data[pixel] ?? 0, data[pixel + 1] ?? 0, data[pixel + 2] ?? 0);
    return Math.round((1 - beneath) * value + beneath * grey);
  });
  return { ...map, data: bytes };
}
