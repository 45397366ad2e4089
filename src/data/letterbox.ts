import { canvasOf, move, type Rgb } from './augmentCanvas.ts';
import { drawingOf, render } from './augmentRender.ts';
import type { RgbImage } from './image.ts';
import { checkSize, type Placement, type Size } from './placement.ts';
import type { Resampling } from './resample.ts';
import { checkImage, toBytes } from './resize.ts';

export interface FitOptions {
  /** Whole with its proportions and a margin, or drawn out to fill the input. Default `letterbox`. */
  readonly fit?: 'letterbox' | 'stretch';
  /** Where a letterboxed image lies: in the top left corner, as in EfficientDet, or in the middle. Default `corner`. */
  readonly at?: 'corner' | 'centre';
  /** How its sides become whole pixels: `down` as in effdet. Default `nearest`. */
  readonly round?: 'nearest' | 'down';
  /** Colour of the margin, 0-255. Default mid grey, 127. */
  readonly fill?: Rgb;
  /** How pixels of another size are made. Default `antialias`. */
  readonly method?: Resampling;
}

const words = {
  fit: ['letterbox', 'stretch'],
  at: ['corner', 'centre'],
  round: ['nearest', 'down'],
  method: ['nearest', 'bilinear', 'antialias', 'area'],
} as const;

/** @throws RangeError for an option that is none of its words, or a fill that is no colour */
export function checkFit(where: string, options: FitOptions): void {
  for (const name of ['fit', 'at', 'round', 'method'] as const) {
    const value = options[name];
    if (value !== undefined && !words[name].some((word) => word === value))
      throw new RangeError(`${where}: ${name} is ${JSON.stringify(value)}; it may be ${words[name].join(', ')}`);
  }
  const { fill = [0, 0, 0] } = options;
  if (!(fill.length === 3 && fill.every((value) => value >= 0 && value <= 255)))
    throw new RangeError(`${where}: fill is ${JSON.stringify(fill)}; it must be red, green and blue, 0-255 each`);
}

/** An image brought to another size. */
export interface Fitted {
  readonly image: RgbImage;
  /** From the original into `image`; `inverse` of it brings detections back. */
  readonly placement: Placement;
}

/**
 * Places an image of `from` in an input of `to`. A box follows the pixels: where a letterboxed side was rounded, the
 * scale of that axis is the one of the rounded side.
 */
export function placementFor(
  from: Size,
  to: Size,
  { fit = 'letterbox', at = 'corner', round = 'nearest' }: FitOptions,
) {
  const [height, width] = fit === 'stretch' ? to : withinSides(from, to, round);
  const [spareY, spareX] = [to[0] - height, to[1] - width];
  return {
    scaleY: height / from[0],
    scaleX: width / from[1],
    offsetY: at === 'centre' ? Math.floor(spareY / 2) : 0,
    offsetX: at === 'centre' ? Math.floor(spareX / 2) : 0,
  };
}

/** The largest sides with the same proportions. */
function withinSides(from: Size, to: Size, round: 'nearest' | 'down'): Size {
  const scale = Math.min(to[0] / from[0], to[1] / from[1]);
  const side = round === 'down' ? Math.floor : Math.round;
  // of the axis that decides, the product can miss the whole number by an ulp
  const sides = (n: number, most: number) => (n * scale > most - 1e-9 ? most : Math.max(1, side(n * scale)));
  return [sides(from[0], to[0]), sides(from[1], to[1])];
}

/**
 * The whole image with its proportions, in an image of `size`, with a margin on one side or two.
 *
 * @throws RangeError for a size that is not of whole pixels, or data of another length than the image's
 */
export function letterbox(image: RgbImage, size: Size, options: Omit<FitOptions, 'fit'> = {}): Fitted {
  return fitted(image, size, { ...options, fit: 'letterbox' });
}

/** The image drawn out to `size`, each axis by its own scale. @throws RangeError as letterbox does */
export function stretch(image: RgbImage, size: Size, options: Pick<FitOptions, 'method'> = {}): Fitted {
  return fitted(image, size, { ...options, fit: 'stretch' });
}

/** The image in one of `size`, as the options say. @throws RangeError as letterbox does */
export function fitted(image: RgbImage, size: Size, options: FitOptions = {}): Fitted {
  const { fit = 'letterbox' } = options;
  checkSize(`${fit}: size`, size);
  checkImage(fit, image);
  checkFit(fit, options);
  const [height, width] = size;
  const placement = placementFor([image.height, image.width], size, options);
  const pixels = new Float32Array(height * width * 3);
  render(() => image, drawingOf(move(canvasOf([image.height, image.width], []), placement, size), options), pixels);
  return { image: { height, width, data: toBytes(pixels) }, placement };
}
