import { FormatError } from '../data/formatError.ts';
import type { RgbImage } from '../data/image.ts';

export interface DecodeOptions {
  /** How errors call the image. Default `decodeImage`. */
  readonly name?: string;
  /** An image with more pixels is refused before it is decoded. Default 100 million. */
  readonly maxPixels?: number;
}

/**
 * Decodes a JPEG, PNG, WebP, TIFF, GIF or AVIF: to 8 bits of sRGB, turned as its EXIF mark says, transparent parts on
 * black. The work is done beside JavaScript, on threads of sharp.
 *
 * @throws FormatError for bytes that are no image, are cut, or have too many pixels; Error where sharp is not installed
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const { name = 'decodeImage', maxPixels = 1e8 } = options;
  const sharp = await loadSharp(name);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'truncated' })
      .rotate() // by EXIF
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} channels, not 3`);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      `${name}: ${bytes.length} bytes do not decode to an image of at most ${maxPixels} pixels: ${reason}`,
      { cause: error },
    );
  }
}

/** A JPEG file of an image; `quality` 1 to 100. */
export function encodeJpeg(image: RgbImage, quality = 90): Promise<Uint8Array> {
  return encode('encodeJpeg', image, (pipeline) => pipeline.jpeg({ quality, chromaSubsampling: '4:4:4' }));
}

/** A PNG file of an image. */
export function encodePng(image: RgbImage): Promise<Uint8Array> {
  return encode('encodePng', image, (pipeline) => pipeline.png());
}

type Sharp = typeof import('sharp')['default'];

async function encode(
  where: string,
  { width, height, data }: RgbImage,
  by: (pipeline: ReturnType<Sharp>) => ReturnType<Sharp>,
): Promise<Uint8Array> {
  if (data.length !== 3 * width * height)
    throw new RangeError(
      `${where}: the image is ${height}x${width} with ${data.length} bytes; it must have ${3 * width * height}`,
    );
  const sharp = await loadSharp(where);
  const file = await by(sharp(data, { raw: { width, height, channels: 3 } })).toBuffer();
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}

let loaded: Promise<Sharp> | undefined;

/** sharp is optional, so that a program without images installs where sharp does not. */
async function loadSharp(where: string): Promise<Sharp> {
  loaded ??= import('sharp').then((module) => module.default);
  try {
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw new Error(`${where}: images are read and written by sharp, which cannot be loaded; run: npm install sharp`, {
      cause: error,
    });
  }
}
