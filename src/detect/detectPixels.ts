import type { Photograph } from './detectPhotograph.ts';

/** Pixels that are decoded already: of three bytes as `RgbImage`, or of four as `ImageData`, rows from the top. */
export interface Pixels extends Pick<Photograph, 'width' | 'height' | 'original'> {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Pixels of three bytes. Of four, the last is how opaque they are: transparent parts go on black, as in files.
 *
 * @throws TypeError for numbers that are not bytes; RangeError for another count of them
 */
export function rgbOf(where: string, { width, height, data, original }: Pixels): Photograph {
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new TypeError(
      `${where}: the pixels of an image of ${height}x${width} are ${Object.prototype.toString.call(data).slice(8, -1)}; ` +
        'they must be bytes, a Uint8Array or Uint8ClampedArray in 0-255',
    );
  const count = width * height;
  if (!(Number.isInteger(width) && Number.isInteger(height) && count > 0) || ![3, 4].includes(data.length / count))
    throw new RangeError(
      `${where}: an image of ${height}x${width} has ${data.length} bytes; it must have sides of at least 1 pixel, ` +
        `and 3 bytes a pixel (RGB, ${3 * count}) or 4 (RGBA, ${4 * count})`,
    );
  const size = original ? { original } : {};
  if (data.length === 3 * count)
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length), ...size };
  const rgb = new Uint8Array(3 * count);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const opaque = (data[from + 3] ?? 255) / 255;
    rgb[to] = (data[from] ?? 0) * opaque + 0.5;
    rgb[to + 1] = (data[from + 1] ?? 0) * opaque + 0.5;
    rgb[to + 2] = (data[from + 2] ?? 0) * opaque + 0.5;
  }
  return { width, height, data: rgb, ...size };
}
