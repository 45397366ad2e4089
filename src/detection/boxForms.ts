import type { Box } from '../core/annotation.ts';

/** COCO's form. */
export type CornerAndSize = readonly [x: number, y: number, width: number, height: number];
/** torchvision's form. */
export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];
/** YOLO's form. */
export type CentreAndSize = readonly [cx: number, cy: number, width: number, height: number];

/** From [x, y, width, height]. */
export const fromXywh = ([x, y, width, height]: CornerAndSize): Box => [y, x, y + height, x + width];
/** To [x, y, width, height]. */
export const toXywh = ([y1, x1, y2, x2]: Box): CornerAndSize => [x1, y1, x2 - x1, y2 - y1];

/** From [x1, y1, x2, y2]. */
export const fromXyxy = ([x1, y1, x2, y2]: Corners): Box => [y1, x1, y2, x2];
/** To [x1, y1, x2, y2]. */
export const toXyxy = ([y1, x1, y2, x2]: Box): Corners => [x1, y1, x2, y2];

/** From [centre x, centre y, width, height]. */
export const fromCxcywh = ([cx, cy, width, height]: CentreAndSize): Box => [
  cy - height / 2,
  cx - width / 2,
  cy + height / 2,
  cx + width / 2,
];
/** To [centre x, centre y, width, height]. */
export const toCxcywh = ([y1, x1, y2, x2]: Box): CentreAndSize => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
