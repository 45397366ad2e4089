import { Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import type { RgbImage } from '../data/image.ts';
import { type Drawable, drawablePixels, isDrawable } from './detectCanvas.ts';
import { type EncodedImage, isEncoded, type Photograph, type ReadImage, type ReadOptions } from './detectPhotograph.ts';
import { type Pixels, rgbOf } from './detectPixels.ts';
import { readerHere } from './detectReader.ts';
import { tensorImages } from './detectTensor.ts';

/**
 * A photograph in any of its forms:
 * - a file: its path (in Node) or address (in a page), or its bytes, upright as its EXIF mark says;
 * - pixels: an `RgbImage`, or an `ImageData`, whose transparent parts go on black;
 * - what a page shows: an <img>, <video> or <canvas>, an ImageBitmap, OffscreenCanvas or VideoFrame;
 * - a tensor [h, w, 3] in 0-255, rounded to bytes.
 */
export type ImageSource = EncodedImage | RgbImage | Pixels | Drawable | Tensor3D;

/** Pixels of a photograph. @throws TypeError for what is none; whatever reading it throws */
export async function readSource(
  source: unknown,
  { read, ...options }: ReadOptions & { readonly name: string; readonly read?: ReadImage },
): Promise<Photograph> {
  const { name } = options;
  if (source instanceof Tensor) {
    const [image] = source.rank === 4 ? [] : await tensorImages(name, source);
    if (image) return image;
    throw new RangeError(`${name}: the tensor is [${source.shape.join(', ')}], a batch; give it alone, not in a list`);
  }
  if (isEncoded(source)) return (read ?? readerHere())(source, options);
  if (typeof source === 'object' && source !== null) {
    if (isPixels(source)) return rgbOf(name, source);
    if (isDrawable(source)) return drawablePixels(source, options);
  }
  throw new TypeError(
    `${name}: ${describe(source)} is no image; it may be a path, bytes of a file (Uint8Array, ArrayBuffer, Blob), pixels ` +
      '({ width, height, data }, ImageData), an <img>, <video>, <canvas>, ImageBitmap or VideoFrame, or a tensor [h, w, 3]',
  );
}

const isPixels = (x: object): x is Pixels => 'data' in x && 'width' in x && 'height' in x;

function describe(x: unknown): string {
  if (typeof x !== 'object' || x === null) return typeof x === 'function' ? 'a function' : String(x);
  return `an object of ${x.constructor?.name ?? 'no class'}`;
}

/** What an error calls a source besides its place in a list. */
export function nameOf(source: unknown): string {
  if (typeof source === 'string' || source instanceof URL) return ` (${short(`${source}`)})`;
  return typeof File !== 'undefined' && source instanceof File ? ` (${source.name})` : '';
}

/** An address can be a whole file. */
const short = (address: string) => (address.length > 200 ? `${address.slice(0, 200)}...` : address);
