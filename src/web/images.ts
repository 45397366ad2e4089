import type { RgbImage } from '../data/image.ts';
import { type Drawable, decodeInBrowser, drawablePixels, isDrawable } from '../detect/detectCanvas.ts';
import {
  checkMaxPixels,
  type EncodedImage,
  isEncoded,
  type Photograph,
  type ReadOptions,
} from '../detect/detectPhotograph.ts';

export type DecodeOptions = Omit<ReadOptions, 'fitTo'>;

/**
 * Reads a photograph in a page or a worker: what the page shows, a file's bytes, or its address. Upright, transparent
 * parts on black. With `fitTo`, only a smaller copy of a large one is read; `original` is the size that it has.
 *
 * @throws FormatError for bytes that are no image, or have too many pixels; Error for an address without an answer, for a
 * picture that is not there yet, and for one of another origin
 */
export async function readImage(source: EncodedImage | Drawable, options: ReadOptions = {}): Promise<Photograph> {
  const { name = 'readImage', maxPixels = 1e8 } = options;
  checkMaxPixels(name, maxPixels);
  if (isEncoded(source)) return decodeInBrowser(source, options);
  if (isDrawable(source)) return drawablePixels(source, options);
  throw new TypeError(
    `${name}: the source is neither an address, a file's bytes nor a picture of the page; ` +
      'those are a string, Uint8Array, ArrayBuffer, Blob, <img>, <video>, <canvas>, ImageBitmap, OffscreenCanvas, VideoFrame',
  );
}

/**
 * Decodes any image that the browser knows, in a page or a worker: turned as its EXIF mark says, transparent parts on black.
 *
 * @throws FormatError for bytes that are no image, or have too many pixels
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const { width, height, data } = await decodeInBrowser(bytes, { name: 'decodeImage', ...options });
  return { width, height, data };
}
