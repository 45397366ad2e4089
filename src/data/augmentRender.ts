import type { Box } from '../core/annotation.ts';
import { blur } from './augmentBlur.ts';
import type { Canvas, Layer, Rgb } from './augmentCanvas.ts';
import { changeColour, type Plane, type Region } from './augmentColour.ts';
import type { RgbImage } from './image.ts';
import type { Placement } from './placement.ts';
import { type Resampling, resample, tapsOf } from './resample.ts';

export interface RenderOptions {
  /** How pixels of another size are made. */
  readonly method: Resampling;
  /** Colour of what no layer covers. */
  readonly fill: Rgb;
}

/** The pixels whose centres lie in a box. */
function regionOf([y1, x1, y2, x2]: Box): Region {
  const edge = (at: number) => Math.ceil(at - 0.5);
  return { top: edge(y1), left: edge(x1), bottom: edge(y2), right: edge(x2) };
}

/** All that is needed to draw a canvas but the pictures; plain data. */
export type Drawing = Pick<Canvas, 'size' | 'photographs' | 'layers'> & RenderOptions;

/** A canvas to be drawn, by the options of the fit or their defaults. */
export function drawingOf(
  { size, photographs, layers }: Canvas,
  { method = 'antialias', fill = [127, 127, 127] }: Partial<RenderOptions>,
): Drawing {
  return { size, photographs, layers, method, fill };
}

/** Pixels of an image, by its number; asked for only where some are in view. */
export type Pictures = (image: number) => RgbImage;

/**
 * Draws a canvas whose size is of whole pixels: photographs are sampled once, at their final places, and the rest is
 * filled. Writes [height * width * 3] numbers, 0-255 RGB, from `start` on.
 */
export function render(pictures: Pictures, drawing: Drawing, into: Float32Array, start = 0): void {
  const { size, photographs, method, fill } = drawing;
  const [height, width] = size;
  const whole: Region = { top: 0, left: 0, bottom: height, right: width };
  const plane = { start, stride: 3 * width };
  const painted = paint(drawing.layers, into, plane);
  fillAround(into, plane, painted, whole, fill);

  /** Paints layers; what they cover together. */
  function paint(layers: readonly Layer[], target: Float32Array, at: Plane): Region {
    let covered: Region = { top: 0, left: 0, bottom: 0, right: 0 };
    for (const layer of layers) {
      if (layer.kind === 'colour') changeColour(target, at, covered, layer.pass);
      else if (layer.kind === 'blur') blur(target, at, covered, layer.sigma);
      else {
        const region = regionOf(layer.extent);
        if (layer.kind === 'ground') fillAround(target, at, covered, region, layer.fill);
        else if (layer.kind === 'patch') fillAround(target, at, nowhere, region, layer.fill);
        else if (layer.kind === 'tiles') for (const tile of layer.tiles) paint(tile, target, at);
        else if (layer.kind === 'blend') {
          const other = new Float32Array(3 * width * height);
          const beside = { start: 0, stride: 3 * width };
          paint(layer.layers, other, beside);
          blend(target, at, region, other, beside, layer.share);
        } else if (!isEmpty(region)) {
          const photograph = photographs[layer.photograph] ?? photographs[0];
          drawPhotograph(pictures(photograph.image), photograph.placement, region, method, target, at);
        }
        if (layer.kind !== 'patch') covered = region;
      }
    }
    return covered;
  }
}

const isEmpty = ({ top, left, bottom, right }: Region) => bottom <= top || right <= left;
const nowhere: Region = { top: 0, left: 0, bottom: 0, right: 0 };

function drawPhotograph(
  image: RgbImage,
  { scaleY, scaleX, offsetY, offsetX }: Placement,
  { top, left, bottom, right }: Region,
  method: Resampling,
  into: Float32Array,
  { start, stride }: Plane,
): void {
  const rows = tapsOf(method, { length: image.height, from: top, to: bottom, scale: scaleY, offset: offsetY });
  const columns = tapsOf(method, { length: image.width, from: left, to: right, scale: scaleX, offset: offsetX });
  resample(image, { rows, columns }, into, { start: start + top * stride + 3 * left, stride });
}

/** Brings `other` into the pixels of a region, by a share. */
function blend(
  into: Float32Array,
  { start, stride }: Plane,
  { top, left, bottom, right }: Region,
  other: Float32Array,
  beside: Plane,
  share: number,
): void {
  for (let y = top; y < bottom; y++) {
    const to = start + y * stride;
    const from = beside.start + y * beside.stride;
    for (let x = 3 * left; x < 3 * right; x++)
      into[to + x] = (1 - share) * (into[to + x] ?? 0) + share * (other[from + x] ?? 0);
  }
}

/** Fills the pixels of `outer` that are not in `inner`, which lies in it or has none. */
function fillAround(into: Float32Array, { start, stride }: Plane, inner: Region, outer: Region, fill: Rgb): void {
  const span = (y: number, left: number, right: number) => {
    for (let i = start + y * stride + 3 * left; i < start + y * stride + 3 * right; i += 3) into.set(fill, i);
  };
  for (let y = outer.top; y < outer.bottom; y++) {
    const beside = y >= inner.top && y < inner.bottom && inner.left < inner.right;
    span(y, outer.left, beside ? inner.left : outer.right);
    if (beside) span(y, inner.right, outer.right);
  }
}
