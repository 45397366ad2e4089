import { linePath } from './curveChart.ts';
import { fillStyle, lineStyle } from './curveLegend.ts';
import { type Axis, logTicks, type Plane } from './curvePlane.ts';
import { short } from './markup.ts';
import type { Bucket } from './runThin.ts';

/** Of the charts in a run's page, pixels. */
export const chartSize = { width: 560, height: 320 } as const;

/** A line in them. */
export interface Line {
  readonly name: string;
  /** Number of its colour and dashes. */
  readonly line: number;
  readonly figure: string;
  readonly points: readonly Bucket[];
}

/** What each point is the mean of. */
export function range({ points, line }: Line, { x, y }: Plane): string {
  if (points.every(({ low, high }) => low === high)) return '';
  const there = points.map((point) => `${short(x(point.x))} ${short(y(point.high))}`);
  const back = points.map((point) => `${short(x(point.x))} ${short(y(point.low))}`).reverse();
  return `<path ${fillStyle(line)} fill-opacity=".16" d="M${[...there, ...back].join('L')}Z"/>`;
}

export const path = ({ points, line }: Line, { x, y }: Plane) =>
  `<path class="line" ${lineStyle(line)} d="${linePath(points.map((point) => [x(point.x), y(point.mean)]))}"/>`;

export const dots = ({ points, line }: Line, { x, y }: Plane) =>
  points
    .map((point) => `<circle ${fillStyle(line)} cx="${short(x(point.x))}" cy="${short(y(point.mean))}" r="3.5"/>`)
    .join('');

/** From zero, or logarithmic where values span more than a decade. */
export function valueAxis(name: string, points: readonly Bucket[]): Axis {
  const means = points.map(({ mean }) => mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  if (points.length === 0 || !(high > 0)) return { name, from: 0, to: 1 };
  if (!(low > 0) || high / low < 12) return { name, from: 0, to: high * 1.08 };
  const [from, to] = [low / 1.15, high * 1.15];
  return { name: `${name}, logarithmic`, from, to, scale: 'log', ticks: logTicks(from, to) };
}
