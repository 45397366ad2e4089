import { FormatError } from '../data/formatError.ts';
import type { RgbImage } from '../data/image.ts';
import { imageSize } from '../data/imageSize.ts';

export interface DecodeOptions {
  /** How errors call the image. Default `decodeImage`. */
  readonly name?: string;
  /** An image with more pixels is refused, a JPEG or PNG before it is decoded. Default 100 million. */
  readonly maxPixels?: number;
}

/**
 * Decodes any image that the browser knows, in a page or a worker: turned as its EXIF mark says, transparent parts on black.
 *
 * @throws FormatError for bytes that are no image, or have too many pixels
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const { name = 'decodeImage', maxPixels = 1e8 } = options;
  const refuse = ({ width, height }: { readonly width: number; readonly height: number }) => {
    if (width * height > maxPixels)
      throw new FormatError(`${name}: the image is ${height}x${width}; at most ${maxPixels} pixels are decoded`);
  };
  const size = imageSize(bytes, name);
  if (size) refuse(size);
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]), { imageOrientation: 'from-image' }).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FormatError(`${name}: ${bytes.length} bytes do not decode to an image: ${reason}`, { cause: error });
    },
  );
  try {
    refuse(bitmap);
    return pixelsOf(bitmap, name);
  } finally {
    bitmap.close();
  }
}

function pixelsOf(bitmap: ImageBitmap, name: string): RgbImage {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error(`${name}: the browser gives no 2d context for a canvas of ${height}x${width}`);
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from] ?? 0;
    data[to + 1] = rgba[from + 1] ?? 0;
    data[to + 2] = rgba[from + 2] ?? 0;
  }
  return { width, height, data };
}
