import type { Box } from '../core/annotation.ts';
import { boxesOf, type Canvas, counts, crop, onGround, type Subject, shownBox } from './augmentCanvas.ts';
import { between, type Random } from './augmentRandom.ts';
import type { ResizedCrop, SsdCrop } from './augmentStepsMove.ts';
import { areaOf, intersect } from './placement.ts';

export function resizedCrop(canvas: Canvas, step: ResizedCrop, random: Random): Canvas {
  const { probability = 0.5, scale = [0.25, 4], ratio = [0.8, 1.2], tries = 50, fill = [0, 0, 0] } = step;
  if (random() >= probability) return canvas;
  const [height, width] = canvas.size;
  const boxes = boxesOf(canvas);
  for (let i = 0; i < tries && boxes.length > 0; i++) {
    const wider = between(random, scale);
    const higher = wider * between(random, ratio);
    const [y, x] = [random() * height * (1 - higher), random() * width * (1 - wider)];
    if (wider * higher < scale[0] || wider * higher > scale[1]) continue;
    const window: Box = [y, x, y + height * higher, x + width * wider];
    if (boxes.some((box) => holds(window, box))) return onGround(crop(canvas, window), fill);
  }
  return canvas;
}

const holds = (window: Box, box: Box) =>
  box[0] >= window[0] && box[1] >= window[1] && box[2] <= window[2] && box[3] <= window[3];

/** How often ssdCrop draws an overlap before it leaves the image whole; with an overlap of 1 in seven, .05 % get there. */
const draws = 50;

export function ssdCrop(canvas: Canvas, step: SsdCrop, random: Random): Canvas {
  const { probability = 1, overlaps = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], tries = 40, lost = 'background' } = step;
  const boxes = boxesOf(canvas);
  if (random() >= probability || boxes.length === 0) return canvas;
  for (let draw = 0; draw < draws; draw++) {
    const least = overlaps[Math.floor(overlaps.length * random())] ?? 1;
    if (least >= 1) return canvas;
    for (let i = 0; i < tries; i++) {
      const window = drawWindow(canvas, step, random);
      if (window && bestOverlap(window, boxes) >= least) return ssdCropTo(canvas, window, lost);
    }
  }
  return canvas;
}

/** A window of whole pixels; none when its proportions are not allowed. */
function drawWindow(
  { size }: Canvas,
  { scale = [0.3, 1], ratio = [0.5, 2] }: SsdCrop,
  random: Random,
): Box | undefined {
  const width = Math.floor(size[1] * between(random, scale));
  const height = Math.floor(size[0] * between(random, scale));
  const left = Math.floor((size[1] - width) * random());
  const top = Math.floor((size[0] - height) * random());
  const fits = width >= 1 && height >= 1 && width / height >= ratio[0] && width / height <= ratio[1];
  return fits ? [top, left, top + height, left + width] : undefined;
}

/** The largest IoU of a window with a box whose centre is inside; -1 without one. */
export function bestOverlap(window: Box, boxes: readonly Box[]): number {
  const overlap = (box: Box) => {
    const shared = areaOf(intersect(box, window) ?? [0, 0, 0, 0]);
    return shared / (areaOf(box) + areaOf(window) - shared);
  };
  return Math.max(-1, ...boxes.filter((box) => hasCentre(window, box)).map(overlap));
}

function hasCentre(window: Box, [y1, x1, y2, x2]: Box): boolean {
  const [y, x] = [(y1 + y2) / 2, (x1 + x2) / 2];
  return y > window[0] && y < window[2] && x > window[1] && x < window[3];
}

/** The part of the canvas in a window. Objects that count and whose centre is not in it are lost. */
export function ssdCropTo(canvas: Canvas, window: Box, lost: 'ignore' | 'background'): Canvas {
  const marked = (subject: Subject): Subject => {
    const box = counts(subject) ? shownBox(canvas, subject) : undefined;
    return box && !hasCentre(window, box) ? { ...subject, lost } : subject;
  };
  return crop({ ...canvas, subjects: canvas.subjects.map(marked) }, window);
}
