import { type Canvas, move, onGround } from './augmentCanvas.ts';
import { between, type Random, wholeBetween } from './augmentRandom.ts';
import type { Flip, ScaleJitter, ZoomOut } from './augmentSteps.ts';
import { inPlace, type Size } from './placement.ts';

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
  const factor = Math.exp(between(random, [Math.log(scale[0]), Math.log(scale[1])]));
  const [height, width] = canvas.size;
  const letterboxed = Math.min(size[0] / height, size[1] / width);
  const sides = [height, width].map((side) => Math.max(1, Math.round(side * letterboxed * factor)));
  const [newHeight = 1, newWidth = 1] = sides;
  const spot = (side: number, input: number) =>
    wholeBetween(random, Math.min(0, input - side), Math.max(0, input - side));
  const by = {
    scaleY: newHeight / height,
    scaleX: newWidth / width,
    offsetY: spot(newHeight, size[0]),
    offsetX: spot(newWidth, size[1]),
  };
  return onGround(move(canvas, by, size), fill);
}
