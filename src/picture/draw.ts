import type { Box, Detection } from '../core/annotation.ts';
import type { RgbImage } from '../data/image.ts';
import { imageSize } from '../data/imageSize.ts';
import { checkImage } from '../data/resize.ts';
import { dataUri } from './dataUri.ts';
import { type DrawOptions, marksOf, scaleOf, svgOf } from './drawing.ts';
import { orientationOf, upright } from './drawOrientation.ts';
import { paintMarks } from './drawPixels.ts';
import { escapeText, short } from './markup.ts';

/** A picture that lies elsewhere, or none. */
export interface LinkedImage {
  /** Its address. Default: the boxes alone are drawn, to be laid over a picture. */
  readonly href?: string;
  /** Of the photograph that the boxes are in, upright; pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * Draws what was found on the photograph, legible on any: lines with dark ones beside them, labels on solid ground, inside
 * of the picture, in sizes and class colours that everybody can tell apart.
 *
 * Pixels give pixels, a copy: `{ width, height, data }`. The bytes of a JPEG or PNG file give an SVG document that holds
 * the file, upright as its EXIF mark says; an address gives one that links it. Letters of pixels are a small font's, ASCII.
 *
 * @throws RangeError for a picture without pixels, a scale that is not positive, a box that is not finite; TypeError for a
 * file that is neither JPEG nor PNG
 */
export function draw(
  image: RgbImage & { readonly original?: readonly [height: number, width: number] },
  detections: readonly Detection[],
  options?: DrawOptions,
): RgbImage;
export function draw(image: Uint8Array | LinkedImage, detections: readonly Detection[], options?: DrawOptions): string;
export function draw(
  image: (RgbImage & { readonly original?: readonly [height: number, width: number] }) | Uint8Array | LinkedImage,
  detections: readonly Detection[],
  options: DrawOptions = {},
): RgbImage | string {
  if (image instanceof Uint8Array) return drawFile(image, detections, options);
  if ('data' in image) return drawPixels(image, detections, options);
  const { href, width, height } = image;
  const picture =
    href === undefined
      ? ''
      : `<image width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" href="${escapeText(href)}"/>`;
  return svgOf('draw', { ...options, width, height, detections, scale: legible(image, detections, options) }, picture);
}

/**
 * By the image's size; less where labels would cover more than a tenth of it, as in a crowd; letters are never smaller
 * than 10 pixels.
 */
function legible(
  { width, height }: Pick<LinkedImage, 'width' | 'height'>,
  detections: readonly Detection[],
  { scale, ...marked }: DrawOptions,
): number {
  if (scale !== undefined) return scaleOf('draw', { width, height, scale });
  const usual = scaleOf('draw', { width, height });
  const { tagged } = marksOf({ ...marked, detections });
  const letters = tagged.reduce((sum, { name = '', score = '' }) => sum + name.length + score.length + 2, 0);
  const covered = (letters * 6.7 * 14 * usual ** 2) / (width * height);
  return Math.max(0.9, usual * Math.min(1, Math.sqrt(0.1 / covered)));
}

function drawFile(file: Uint8Array, detections: readonly Detection[], options: DrawOptions): string {
  const uri = dataUri(file);
  const stored = imageSize(file, 'draw');
  if (stored === undefined) throw new TypeError('draw: the file is neither JPEG nor PNG'); // dataUri knows no others
  const { width, height, transform } = upright(stored, orientationOf(file));
  const turned = transform === '' ? '' : ` transform="${transform}"`;
  // browsers turn it by themselves, other viewers do not: none does, and the transform is for all
  const picture = `<image width="${stored.width}" height="${stored.height}" style="image-orientation:none"${turned} href="${uri}"/>`;
  return svgOf(
    'draw',
    { ...options, width, height, detections, scale: legible({ width, height }, detections, options) },
    picture,
  );
}

function drawPixels(
  image: RgbImage & { readonly original?: readonly [height: number, width: number] },
  detections: readonly Detection[],
  options: DrawOptions,
): RgbImage {
  checkImage('draw', image);
  const { width, height, data, original = [height, width] } = image;
  const scale = legible(image, detections, options);
  const [tall, wide] = [height / original[0], width / original[1]];
  const placed = <T extends { readonly box: Box }>(marks: readonly T[]): T[] =>
    marks.map((mark) => {
      const [y1, x1, y2, x2] = mark.box;
      const box: Box = [y1 * tall, x1 * wide, y2 * tall, x2 * wide];
      if (!box.every(Number.isFinite))
        throw new RangeError(`draw: a box is [${mark.box.join(', ')}]; its places must be finite`);
      return { ...mark, box };
    });
  const copy = { width, height, data: Uint8Array.from(data) };
  const marked = { ...options, detections: placed(detections), truths: placed(options.truths ?? []) };
  paintMarks(copy, marked, scale);
  return copy;
}
