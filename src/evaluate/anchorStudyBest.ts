import type { Box } from '../core/annotation.ts';
import type { AnchorOptions } from '../detection/anchors.ts';

/** Height and width, pixels. */
export type Shape = readonly [height: number, width: number];

/** The best anchor of each box, overall and by level. */
export interface BestAnchors {
  /** [boxes] */
  readonly overlaps: Float64Array;
  /** Its level. [boxes] */
  readonly levels: Uint8Array;
  /** Of each level: its best anchor's overlap. [levels][boxes] */
  readonly byLevel: readonly Float64Array[];
}

/** From the centre of a cell to the next, pixels: as it is given, or as the map's size tells. */
export function stepOf({ levels, maps, inputSize }: AnchorOptions, level: number): Shape {
  const { height = 1, width = 1 } = maps[level] ?? {};
  return levels[level]?.step ?? [inputSize[0] / height, inputSize[1] / width];
}

/**
 * The anchor that overlaps each box most. Of the anchors of one shape it is the one whose centre is nearest, row and
 * column apart, so that none of the others need be looked at.
 */
export function bestAnchors(boxes: readonly Box[], anchors: AnchorOptions): BestAnchors {
  const byLevel = anchors.levels.map(({ shapes }, l) => {
    const [stepY, stepX] = stepOf(anchors, l);
    const { height = 1, width = 1 } = anchors.maps[l] ?? {};
    return Float64Array.from(boxes, ([y1, x1, y2, x2]) => {
      const [tall, wide] = [y2 - y1, x2 - x1];
      const dy = distance((y1 + y2) / 2, stepY, height);
      const dx = distance((x1 + x2) / 2, stepX, width);
      return shapes.reduce((best, [h, w]) => {
        const shared = common(tall, h, dy) * common(wide, w, dx);
        return Math.max(best, shared / (tall * wide + h * w - shared));
      }, 0);
    });
  });
  const [overlaps, levels] = [new Float64Array(boxes.length), new Uint8Array(boxes.length)];
  for (const [l, values] of byLevel.entries())
    for (const [i, value] of values.entries()) if (value > (overlaps[i] ?? 0)) [overlaps[i], levels[i]] = [value, l];
  return { overlaps, levels, byLevel };
}

/** From a point to the nearest of the centres .5, 1.5, ... of so many steps. */
function distance(at: number, step: number, cells: number): number {
  const cell = Math.min(cells - 1, Math.max(0, Math.floor(at / step)));
  return Math.abs(at - (cell + 0.5) * step);
}

/** What two lengths share whose middles are so far apart. */
const common = (a: number, b: number, apart: number) => Math.max(0, Math.min(a, b, (a + b) / 2 - apart));
