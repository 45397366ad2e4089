import type { RgbImage } from './image.ts';
import { checkSize, type Size } from './placement.ts';
import { type Resampling, resample, tapsOf } from './resample.ts';

export interface ResizeOptions {
  /** How pixels of another size are made. Default `antialias`. */
  readonly method?: Resampling;
}

/**
 * Makes an image another size. [h, w] pixels -> `size`, bytes rounded.
 *
 * @throws RangeError for a size that is not of whole pixels, or data of another length than the image's
 */
export function resize(image: RgbImage, size: Size, options: ResizeOptions = {}): RgbImage {
  return { height: size[0], width: size[1], data: toBytes(resizeToFloat(image, size, options)) };
}

/** As `resize`, without rounding. -> [height * width * 3], 0-255. */
export function resizeToFloat(image: RgbImage, size: Size, { method = 'antialias' }: ResizeOptions = {}): Float32Array {
  checkSize('resize: size', size);
  checkImage('resize', image);
  const [height, width] = size;
  const pixels = new Float32Array(height * width * 3);
  const rows = tapsOf(method, { length: image.height, from: 0, to: height, scale: height / image.height, offset: 0 });
  const columns = tapsOf(method, { length: image.width, from: 0, to: width, scale: width / image.width, offset: 0 });
  resample(image, { rows, columns }, pixels, { start: 0, stride: 3 * width });
  return pixels;
}

/** Rounds to bytes; what is under 0 or over 255 becomes 0 or 255. */
export function toBytes(pixels: Float32Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) bytes[i] = Math.min(255, Math.max(0, (pixels[i] ?? 0) + 0.5));
  return bytes;
}

/** @throws RangeError unless the image has sides and three bytes a pixel */
export function checkImage(where: string, { height, width, data }: RgbImage): void {
  checkSize(`${where}: the image's size`, [height, width]);
  if (data.length !== height * width * 3)
    throw new RangeError(
      `${where}: an image of ${height}x${width} has ${data.length} bytes; RGB pixels are 3 * ${height} * ${width} = ${3 * height * width}`,
    );
}
