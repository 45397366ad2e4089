import type { Box } from '../core/annotation.ts';
import type { RgbImage } from '../data/image.ts';

/** A part of an image, whole pixels; it may reach out of it. */
export interface Window {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

interface Around {
  /** The window's height over the box's, where the box is upright. */
  readonly context: number;
  /** Width over height of the window. */
  readonly aspect: number;
}

/** A window about a box, moved into the image where it fits into it. */
export function windowAround(
  [y1, x1, y2, x2]: Box,
  image: { readonly width: number; readonly height: number },
  { context, aspect }: Around,
): Window {
  const tall = Math.max(24, context * (y2 - y1), (context * (x2 - x1)) / aspect);
  const height = Math.round(Math.min(tall, 4 * Math.max(image.height, image.width / aspect)));
  const width = Math.max(1, Math.round(height * aspect));
  return {
    y: inside(Math.round((y1 + y2 - height) / 2), height, image.height),
    x: inside(Math.round((x1 + x2 - width) / 2), width, image.width),
    height,
    width,
  };
}

const inside = (from: number, length: number, whole: number) =>
  length > whole ? Math.min(0, Math.max(whole - length, from)) : Math.min(whole - length, Math.max(0, from));

/** Of what a window shows beside the image. */
const grey = 96;

/** The pixels of a window, each the mean of those it stands for where the window is higher than `most`. */
export function cropped(image: RgbImage, window: Window, most: number): RgbImage {
  const shrink = Math.max(1, window.height / most);
  const height = Math.max(1, Math.round(window.height / shrink));
  const width = Math.max(1, Math.round(window.width / shrink));
  const data = new Uint8Array(3 * width * height).fill(grey);
  for (let i = 0; i < height; i++) {
    const [top, bottom] = span(window.y, window.height, i, height, image.height);
    for (let j = 0; j < width; j++) {
      const [left, right] = span(window.x, window.width, j, width, image.width);
      const count = Math.max(0, bottom - top) * Math.max(0, right - left);
      if (count === 0) continue;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += image.data[3 * (y * image.width + x) + c] ?? 0;
        data[3 * (i * width + j) + c] = Math.round(sum / count);
      }
    }
  }
  return { width, height, data };
}

/** Pixels of the image that a row or column of the result stands for, from the first to before the last. */
function span(from: number, length: number, at: number, count: number, whole: number): [number, number] {
  const first = from + Math.floor((at * length) / count);
  const last = from + Math.max(Math.floor((at * length) / count) + 1, Math.floor(((at + 1) * length) / count));
  return [Math.max(0, first), Math.min(whole, last)];
}
