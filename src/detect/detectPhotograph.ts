import type { RgbImage } from '../data/image.ts';
import type { Size } from '../data/placement.ts';

/** A photograph as it was read; its pixels may be fewer than the photograph has. */
export interface Photograph extends RgbImage {
  /** Height and width of the photograph as a person sees it, pixels. Absent: those of the image itself. */
  readonly original?: Size;
}

/** A photograph as a file: where it lies, or its bytes. */
export type EncodedImage = string | URL | Uint8Array | ArrayBuffer | Blob;

export const isEncoded = (x: unknown): x is EncodedImage =>
  typeof x === 'string' || x instanceof URL || x instanceof Uint8Array || x instanceof ArrayBuffer || x instanceof Blob;

export interface ReadOptions {
  /** How errors call the photograph. */
  readonly name?: string;
  /** One with more pixels is refused, before it is decoded wherever its header tells. Default 100 million. */
  readonly maxPixels?: number;
  /**
   * Height and width of an input that it is for, pixels: a photograph of more than 4 million pixels comes smaller then,
   * at least twice as large as the input on both axes. Default: it comes as it is.
   */
  readonly fitTo?: Size;
}

/** Turns files into pixels: `readImage` of `pyramidion/node` and of `pyramidion/web`. */
export type ReadImage = (source: EncodedImage, options?: ReadOptions) => Promise<Photograph>;

/** Photographs up to here are decoded whole, so that what is detected is what was evaluated. */
const always = 4e6;

/** The size to decode at. */
export function reducedSize([height, width]: Size, fitTo?: Size): Size {
  if (fitTo === undefined || height * width <= always) return [height, width];
  const scale = Math.min(1, 2 * Math.max(fitTo[0] / height, fitTo[1] / width));
  return [Math.round(height * scale), Math.round(width * scale)];
}

/** @throws RangeError unless it is a number of at least 1 */
export function checkMaxPixels(where: string, maxPixels: number): void {
  if (!(maxPixels >= 1)) throw new RangeError(`${where}: maxPixels is ${maxPixels}; it must be a number of at least 1`);
}

/** Says that a photograph is too large; undefined when it is not. */
export function tooLarge([height, width]: Size, maxPixels: number): string | undefined {
  if (height * width <= maxPixels) return undefined;
  return (
    `the image is ${height}x${width}, ${height * width} pixels, and at most ${maxPixels} are decoded; ` +
    `if it is to be trusted, give a larger maxPixels`
  );
}
