import type { RgbImage } from '../data/image.ts';
import { type FitOptions, placementFor } from '../data/letterbox.ts';
import type { Placement, Size } from '../data/placement.ts';
import { resample, tapsOf } from '../data/resample.ts';
import type { Photograph } from './detectPhotograph.ts';

/** Where a photograph lies in the input, by `placement`, and its own size. */
export interface Placed {
  readonly placement: Placement;
  /** Height and width of the whole photograph, pixels. */
  readonly size: Size;
}

/** Where the options put a photograph, whatever size its pixels were read at. */
export function placePhotograph(
  { height, width, original = [height, width] }: Photograph,
  input: Size,
  fit: FitOptions,
): Placed {
  return { size: original, placement: placementFor(original, input, fit) };
}

/**
 * Draws a photograph at its place in an input of `input`, the same numbers as an evaluation batch has, and the margin
 * around it. Writes [height * width * 3] numbers, 0-255 RGB, from `start` on.
 */
export function drawInto(
  pixels: Float32Array,
  start: number,
  image: RgbImage,
  { placement, size }: Placed,
  [height, width]: Size,
  { method = 'antialias', fill = [127, 127, 127] }: FitOptions,
): void {
  // of the photograph's sides the fit makes whole pixels; those read of it may be fewer
  const [rows, columns] = [Math.round(placement.scaleY * size[0]), Math.round(placement.scaleX * size[1])];
  const { offsetY: top, offsetX: left } = placement;
  if (rows < height || columns < width) {
    const [red, green, blue] = fill;
    for (let i = start; i < start + 3 * height * width; i += 3) {
      pixels[i] = red;
      pixels[i + 1] = green;
      pixels[i + 2] = blue;
    }
  }
  resample(
    image,
    {
      rows: tapsOf(method, { length: image.height, from: 0, to: rows, scale: rows / image.height, offset: 0 }),
      columns: tapsOf(method, { length: image.width, from: 0, to: columns, scale: columns / image.width, offset: 0 }),
    },
    pixels,
    { start: start + 3 * (top * width + left), stride: 3 * width },
  );
}
