import { FormatError } from '../data/formatError.ts';
import { imageSize } from '../data/imageSize.ts';
import type { Size } from '../data/placement.ts';
import {
  checkMaxPixels,
  type EncodedImage,
  type Photograph,
  type ReadOptions,
  reducedSize,
  tooLarge,
} from './detectPhotograph.ts';
import { rgbOf } from './detectPixels.ts';

/** What a page shows and a canvas can draw: an <img>, <video> or <canvas>, an ImageBitmap, OffscreenCanvas or VideoFrame. */
export type Drawable =
  | { readonly naturalWidth: number; readonly naturalHeight: number; readonly decode: () => Promise<void> }
  | { readonly videoWidth: number; readonly videoHeight: number }
  | { readonly displayWidth: number; readonly displayHeight: number }
  | { readonly width: number; readonly height: number; readonly close: () => void }
  | { readonly width: number; readonly height: number; readonly getContext: unknown };

export const isDrawable = (x: object): x is Drawable & CanvasImageSource =>
  'naturalWidth' in x ||
  'videoWidth' in x ||
  'displayWidth' in x ||
  ('width' in x && 'height' in x && ('close' in x || 'getContext' in x));

/** As a person sees it, pixels. */
function sizeOf(x: Drawable): Size {
  if ('naturalWidth' in x) return [x.naturalHeight, x.naturalWidth];
  if ('videoWidth' in x) return [x.videoHeight, x.videoWidth];
  if ('displayWidth' in x) return [x.displayHeight, x.displayWidth];
  return [x.height, x.width];
}

/**
 * Pixels of what a page shows, drawn on a canvas: upright, transparent parts on black.
 *
 * @throws Error for what has no pixels yet or ever, or is of another origin; FormatError for too many pixels; TypeError where
 * there are no canvases
 */
export async function drawablePixels(
  drawable: Drawable & CanvasImageSource,
  { name = 'readImage', maxPixels = 1e8, fitTo }: ReadOptions,
): Promise<Photograph> {
  if (typeof OffscreenCanvas === 'undefined')
    throw new TypeError(
      `${name}: there is no OffscreenCanvas here to see the pixels of a picture by; give the pixels: context.getImageData(...)`,
    );
  if ('naturalWidth' in drawable)
    await drawable.decode().catch((cause: unknown) => {
      throw new Error(`${name}: the <img> cannot be loaded or decoded; look at its src`, { cause });
    });
  const original = sizeOf(drawable);
  if (!(original[0] > 0 && original[1] > 0))
    throw new Error(
      `${name}: the picture is ${original[0]}x${original[1]}: it is closed, has no size of its own, or has no frame yet; ` +
        "await a video's 'loadeddata'",
    );
  const large = tooLarge(original, maxPixels);
  if (large !== undefined) throw new FormatError(`${name}: ${large}`);

  const [height, width] = reducedSize(original, fitTo);
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error(`${name}: the browser gives no 2d context for a canvas of ${height}x${width}`);
  context.imageSmoothingQuality = 'high';
  context.drawImage(drawable, 0, 0, width, height);
  try {
    const { data } = context.getImageData(0, 0, width, height);
    return rgbOf(name, { width, height, data, original });
  } catch (cause) {
    throw new Error(
      `${name}: the browser lets no script see the pixels of this picture, which is of another origin; ` +
        "set crossOrigin = 'anonymous' before src, and let its server allow it",
      { cause },
    );
  }
}

/**
 * Decodes any image file that the browser knows: bytes, a Blob, or an address to fetch.
 *
 * @throws FormatError for bytes that are no image, or have too many pixels; Error for an address without an answer
 */
export async function decodeInBrowser(source: EncodedImage, options: ReadOptions = {}): Promise<Photograph> {
  const { name = 'readImage', maxPixels = 1e8 } = options;
  checkMaxPixels(name, maxPixels);
  const blob = await blobOf(source, name);
  const header = imageSize(new Uint8Array(await blob.arrayBuffer()), name);
  const large = header && tooLarge([header.height, header.width], maxPixels);
  if (large !== undefined) throw new FormatError(`${name}: ${large}`);
  const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${name}: ${blob.size} bytes do not decode to an image: ${reason}`, { cause: error });
  });
  try {
    return await drawablePixels(bitmap, { ...options, name });
  } finally {
    bitmap.close();
  }
}

async function blobOf(source: EncodedImage, name: string): Promise<Blob> {
  if (source instanceof Blob) return source;
  if (typeof source !== 'string' && !(source instanceof URL)) return new Blob([new Uint8Array(source)]);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${name}: ${source} answers ${response.status} ${response.statusText}`);
  return response.blob();
}
