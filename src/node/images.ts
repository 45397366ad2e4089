import { readFile } from 'node:fs/promises';
import { FormatError } from '../data/formatError.ts';
import type { RgbImage } from '../data/image.ts';
import {
  checkMaxPixels,
  type EncodedImage,
  type Photograph,
  type ReadOptions,
  reducedSize,
  tooLarge,
} from '../detect/detectPhotograph.ts';

export type DecodeOptions = Omit<ReadOptions, 'fitTo'>;

/**
 * Reads a photograph: the path of a JPEG, PNG, WebP, TIFF, GIF or AVIF, or its bytes. Pixels are 8 bits of sRGB, turned as
 * the EXIF mark says, transparent parts on black. With `fitTo`, a large one is made smaller while it is decoded, and is
 * never whole in memory; `original` is the size that it has.
 *
 * @throws FormatError for bytes that are no image, are cut, or have too many pixels; Error of the file system, and where
 * sharp is not installed
 */
export async function readImage(source: EncodedImage, options: ReadOptions = {}): Promise<Photograph> {
  const { maxPixels = 1e8, fitTo } = options;
  const name = options.name ?? (typeof source === 'string' || source instanceof URL ? `${source}` : 'readImage');
  checkMaxPixels(name, maxPixels);
  const sharp = await loadSharp(name);
  const bytes = await bytesOf(source, name);
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata(); // decodes nothing
    const original = [header.autoOrient.height, header.autoOrient.width] as const;
    const large = tooLarge(original, maxPixels);
    if (large !== undefined) throw new FormatError(`${name}: ${large}`);

    const [height, width] = reducedSize(original, fitTo);
    const upright = sharp(bytes, { limitInputPixels: false, failOn: 'truncated' }).autoOrient();
    const whole = height === original[0] && width === original[1];
    const { data, info } = await (whole ? upright : upright.resize({ height, width, fit: 'fill' }))
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} channels, not 3`);
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return { width: info.width, height: info.height, data: pixels, original };
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${name}: ${bytes.length} bytes do not decode to an image: ${reason}`, { cause: error });
  }
}

/**
 * Decodes the bytes of an image file, as `readImage` does.
 *
 * @throws FormatError for bytes that are no image, are cut, or have too many pixels; Error where sharp is not installed
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const { width, height, data } = await readImage(bytes, { name: 'decodeImage', ...options });
  return { width, height, data };
}

async function bytesOf(source: EncodedImage, name: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (/^(https?|data|blob):/.test(`${source}`))
    throw new TypeError(
      `${name}: ${`${source}`.slice(0, 80)} is no file; fetch it and give the bytes: await (await fetch(address)).blob()`,
    );
  return readFile(source).catch((cause: unknown) => {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
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
