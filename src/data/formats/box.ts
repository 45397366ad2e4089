import type { Annotation, Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';

/** Why a box that encloses nothing, as a few published files have, is ignored. */
export const emptyBox = 'an empty box';

/** Coordinates beyond this are damage: no image has such sides. */
const farthest = 2 ** 24;

/**
 * A box of corners on pixel edges.
 *
 * @throws FormatError for corners that are no numbers, lie absurdly far away or changed places
 */
export function boxOfEdges(y1: number, x1: number, y2: number, x2: number, where: string): Box {
  const box: Box = [y1, x1, y2, x2];
  if (!box.every((edge) => Math.abs(edge) <= farthest) || y2 < y1 || x2 < x1)
    throw new FormatError(
      `${where} is at [y1 x1 y2 x2] = [${box.join(' ')}]; it must go from top left to bottom right, within ${farthest} pixels`,
    );
  return box;
}

/** A box of its left, top, width and height, counted from 0. @throws FormatError as `boxOfEdges` */
export function boxOfSides([x, y, width, height]: readonly number[], where: string): Box {
  const [left = Number.NaN, top = Number.NaN, w = Number.NaN, h = Number.NaN] = [x, y, width, height];
  return boxOfEdges(top, left, top + h, left + w, where);
}

/** The way back: left, top, width, height. */
export function sidesOfBox([y1, x1, y2, x2]: Box): [x: number, y: number, width: number, height: number] {
  return [x1, y1, x2 - x1, y2 - y1];
}

/** Whether a box encloses nothing. */
export function isEmpty([y1, x1, y2, x2]: Box): boolean {
  return y2 <= y1 || x2 <= x1;
}

/** An object, which is ignored where its box is empty and there was no other reason. */
export function objectOf(annotation: Annotation): Annotation {
  return isEmpty(annotation.box) ? { ...annotation, ignore: annotation.ignore ?? emptyBox } : annotation;
}
