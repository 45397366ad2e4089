import type { Box } from '../core/annotation.ts';
import type { Canvas, Rgb } from './augmentCanvas.ts';
import { changeColour, type Plane, type Region } from './augmentColour.ts';
import type { RgbImage } from './image.ts';
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

/**
 * Draws a canvas whose size is of whole pixels: the photograph is sampled once, at its final place, and the rest is
 * filled. Writes [height * width * 3] numbers, 0-255 RGB, from `start` on.
 */
export function render(image: RgbImage, canvas: Canvas, options: RenderOptions, into: Float32Array, start = 0): void {
  const [height, width] = canvas.size;
  const plane = { start, stride: 3 * width };
  let painted: Region = { top: 0, left: 0, bottom: 0, right: 0 };
  for (const layer of canvas.layers) {
    if (layer.kind === 'colour') changeColour(into, plane, painted, layer.pass);
    else {
      const region = regionOf(layer.extent);
      if (layer.kind === 'photograph') drawPhotograph(image, canvas, region, options.method, into, plane);
      else fillAround(into, plane, painted, region, layer.fill);
      painted = region;
    }
  }
  fillAround(into, plane, painted, { top: 0, left: 0, bottom: height, right: width }, options.fill);
}

function drawPhotograph(
  image: RgbImage,
  { placement: { scaleY, scaleX, offsetY, offsetX } }: Canvas,
  { top, left, bottom, right }: Region,
  method: Resampling,
  into: Float32Array,
  { start, stride }: Plane,
): void {
  const rows = tapsOf(method, { length: image.height, from: top, to: bottom, scale: scaleY, offset: offsetY });
  const columns = tapsOf(method, { length: image.width, from: left, to: right, scale: scaleX, offset: offsetX });
  resample(image, { rows, columns }, into, { start: start + top * stride + 3 * left, stride });
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
