import { short } from './markup.ts';
import type { Spot } from './networkMapPlan.ts';

export type Point = readonly [x: number, y: number];

/** A line with an arrow's head. */
export interface Line {
  /** Of an SVG path. */
  readonly path: string;
  readonly start: Point;
  /** Its end, and from where it comes there. */
  readonly tip: Point;
  readonly before: Point;
  /** Where a sign on it stands. */
  readonly sign: Point;
}

const point = ([x, y]: Point) => `${short(x)} ${short(y)}`;

/** Straight from point to point. */
export function broken(points: readonly Point[]): Line {
  const [start = [0, 0]] = points;
  const [before = start, tip = start] = points.slice(-2);
  const far = Math.min(0.5, 15 / Math.max(1, Math.hypot(tip[0] - before[0], tip[1] - before[1])));
  const sign: Point = [tip[0] + (before[0] - tip[0]) * far, tip[1] + (before[1] - tip[1]) * far];
  return { path: points.map((at, i) => `${i === 0 ? 'M' : 'L'}${point(at)}`).join(''), start, tip, before, sign };
}

/** From side to side; a step before the end where the two are not at one height. */
export function across(a: Pick<Spot, 'x' | 'y' | 'width'>, b: Pick<Spot, 'x' | 'y' | 'width'>): Line {
  const [right, left] = [a.x + a.width / 2, b.x - b.width / 2];
  const bend: readonly Point[] =
    a.y === b.y
      ? []
      : [
          [left - 10, a.y],
          [left - 10, b.y],
        ];
  return broken([[right, a.y], ...bend, [left, b.y]]);
}

/** Over what stands between two of a row, from corner to corner. */
export function arc(a: Spot, b: Spot): Line {
  const corner = ({ x, y, width, height, node }: Spot, side: 1 | -1): Point =>
    node.kind === 'fusion'
      ? [x + side * width * 0.36, y - height * 0.36]
      : [x + side * (width / 2 - 4), y - height / 2];
  const [start, tip] = [corner(a, 1), corner(b, -1)];
  const [top, reach] = [Math.min(start[1], tip[1]) - 32, (tip[0] - start[0]) * 0.28];
  return cubic(start, [start[0] + reach, top], [tip[0] - reach, top], tip);
}

/** From one side to another where no straight way is free. */
export function curve(start: Point, tip: Point): Line {
  const bend = Math.max(30, Math.abs(tip[0] - start[0]) / 2);
  return cubic(start, [start[0] + bend, start[1]], [tip[0] - bend, tip[1]], tip);
}

function cubic(start: Point, first: Point, second: Point, tip: Point): Line {
  const t = 0.8;
  const parts = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const along = (axis: 0 | 1) =>
    [start, first, second, tip].reduce((sum, at, i) => sum + (parts[i] ?? 0) * at[axis], 0);
  const path = `M${point(start)}C${point(first)} ${point(second)} ${point(tip)}`;
  return { path, start, tip, before: second, sign: [along(0), along(1)] };
}

/** A line and its head, as markup. */
export const drawnLine = ({ path, tip, before }: Pick<Line, 'path' | 'tip' | 'before'>, kind: string): string =>
  `<path class="line ${kind}" d="${path}"/><path class="head ${kind}" d="${head(tip, before)}"/>`;

function head(tip: Point, before: Point): string {
  const angle = Math.atan2(tip[1] - before[1], tip[0] - before[0]);
  const corner = (turn: number): Point => [tip[0] - 7 * Math.cos(angle + turn), tip[1] - 7 * Math.sin(angle + turn)];
  return `M${point(tip)}L${point(corner(0.42))}L${point(corner(-0.42))}Z`;
}
