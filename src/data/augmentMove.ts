import type { Box } from '../core/annotation.ts';
import { type Canvas, move, onGround } from './augmentCanvas.ts';
import { between, type Random, wholeBetween } from './augmentRandom.ts';
import type { Flip, Range, ScaleJitter, ZoomOut } from './augmentStepsMove.ts';
import { inPlace, type Placement, type Size } from './placement.ts';

export function flip(canvas: Canvas, { probability = 0.5 }: Flip, random: Random): Canvas {
  return random() < probability ? mirrored(canvas) : canvas;
}

export function mirrored(canvas: Canvas): Canvas {
  return move(canvas, { ...inPlace, scaleX: -1, offsetX: canvas.size[1] }, canvas.size);
}

export function zoomOut(canvas: Canvas, step: ZoomOut, random: Random): Canvas {
  const { probability = 0.5, ratio = [1, 4], fill = [123, 117, 104] } = step;
  if (random() >= probability) return canvas;
  const factor = between(random, ratio);
  const [height, width] = canvas.size;
  const larger: Size = [Math.floor(height * factor), Math.floor(width * factor)];
  const size: Size = [Math.max(height, larger[0]), Math.max(width, larger[1])];
  const offsetY = Math.floor((size[0] - height) * random());
  const offsetX = Math.floor((size[1] - width) * random());
  return onGround(move(canvas, { ...inPlace, offsetY, offsetX }, size), fill);
}

export function scaleJitter(canvas: Canvas, step: ScaleJitter, random: Random, size: Size): Canvas {
  const { probability = 1, scale = [0.6, 1.6], fill = [127, 127, 127] } = step;
  if (random() >= probability) return canvas;
  return onGround(move(canvas, jittered(canvas.size, { scale, size, into: [0, 0, ...size] }, random), size), fill);
}

export interface Jitter {
  /** Of the letterboxed size. */
  readonly scale: Range;
  /** Of the input that it is letterboxed into. */
  readonly size: Size;
  /** Where it goes, pixels of the input. */
  readonly into: Box;
}

/**
 * Letterboxed, times a factor that is even in its logarithm, its sides whole pixels; somewhere inside the box where it is
 * smaller, covering the box where it is larger, each axis for itself.
 */
export function jittered([height, width]: Size, { scale, size, into }: Jitter, random: Random): Placement {
  const factor = Math.exp(between(random, [Math.log(scale[0]), Math.log(scale[1])]));
  const letterboxed = Math.min(size[0] / height, size[1] / width);
  const sides = [height, width].map((side) => Math.max(1, Math.round(side * letterboxed * factor)));
  const [newHeight = 1, newWidth = 1] = sides;
  const spot = (side: number, from: number, to: number) =>
    from + wholeBetween(random, Math.min(0, to - from - side), Math.max(0, to - from - side));
  return {
    scaleY: newHeight / height,
    scaleX: newWidth / width,
    offsetY: spot(newHeight, into[0], into[2]),
    offsetX: spot(newWidth, into[1], into[3]),
  };
}
