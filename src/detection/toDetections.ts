import type { Box, Detection } from '../core/annotation.ts';
import { boxAt, clipBoxes } from './boxes.ts';
import type { Found } from './postprocess.ts';

/** Where an image lies in the input: its point (y, x) is at (y * scaleY + offsetY, x * scaleX + offsetX). A negative scale mirrors. */
export interface InputPlacement {
  readonly scaleY: number;
  readonly scaleX: number;
  readonly offsetY: number;
  readonly offsetX: number;
}

export interface ToDetectionsOptions {
  /** Names of the classes from 1 on. */
  readonly labels: readonly string[];
  /** Where the original image lies in the input. Default: it is the input. */
  readonly placement?: InputPlacement;
  /** Of the original, pixels. Boxes are cut to it, and left out where nothing remains. Default they are not. */
  readonly size?: readonly [height: number, width: number];
}

const inPlace: InputPlacement = { scaleY: 1, scaleX: 1, offsetY: 0, offsetX: 0 };

/** The part of the input that an image of some pixels lies in: `within` of `postprocess`. */
export function placeOf(
  [height, width]: readonly [height: number, width: number],
  { scaleY, scaleX, offsetY, offsetX }: InputPlacement = inPlace,
): Box {
  const [y, x] = [offsetY + scaleY * height, offsetX + scaleX * width];
  return [Math.min(offsetY, y), Math.min(offsetX, x), Math.max(offsetY, y), Math.max(offsetX, x)];
}

/**
 * Names what was found and puts it back on the original image, from the best.
 *
 * @throws RangeError for a class without a name
 */
export function toDetections(found: Found, { labels, placement = inPlace, size }: ToDetectionsOptions): Detection[] {
  const { scaleY, scaleX, offsetY, offsetX } = placement;
  const back = (a: number, b: number, scale: number, offset: number) => {
    const [first, second] = [(a - offset) / scale, (b - offset) / scale];
    return first < second ? [first, second] : [second, first];
  };
  const boxes = Float64Array.from(found.boxes);
  for (let at = 0; at < boxes.length; at += 4) {
    const [y1, x1, y2, x2] = boxAt(boxes, at / 4);
    const [[top = 0, bottom = 0], [left = 0, right = 0]] = [
      back(y1, y2, scaleY, offsetY),
      back(x1, x2, scaleX, offsetX),
    ];
    boxes.set([top, left, bottom, right], at);
  }
  const cut = size ? clipBoxes(boxes, size) : boxes;

  return [...found.scores].flatMap((score, i) => {
    const kind = found.classes[i] ?? 0;
    const label = labels[kind - 1];
    if (label === undefined)
      throw new RangeError(
        `toDetections: class ${kind} has no name; there are 1 to ${labels.length}: ${labels.join(', ')}`,
      );
    const box = boxAt(cut, i);
    return box[2] > box[0] && box[3] > box[1] ? [{ box, score, label }] : [];
  });
}
