import type { Frame } from './curveAxes.ts';
import { curveLegend, type LegendEntry, legendBelow } from './curveLegend.ts';
import { type Axis, besideOf, curvePlane, type Plane } from './curvePlane.ts';
import { type ChartOptions, chartSvg, checkSize } from './curveShell.ts';

export interface PlaneChart extends ChartOptions {
  /** For errors. */
  readonly where: string;
  /** What it shows, in words. */
  readonly about: string;
  readonly across: Axis;
  readonly up: Axis;
  /** Below the plot, in the order of the lines. */
  readonly entries: readonly LegendEntry[];
  /** What stands before a name in the legend. Default its line. */
  readonly sign?: 'line' | 'square';
  /** What is drawn in the plane. */
  readonly body: (plane: Plane, frame: Frame) => string;
}

/** A chart of two axes with its legend below. @throws RangeError for too small a size */
export function planeChart(chart: PlaneChart): string {
  const { where, about, across, up, entries, body, sign, title = '', width = 560, height = 440 } = chart;
  checkSize(where, width, height);
  const frame: Frame = { left: besideOf(up), right: width - 16, top: title ? 40 : 16, bottom: height - 48 };
  const plane = curvePlane(across, up, frame);
  const size = legendBelow(entries, frame.right - frame.left);
  const legend = curveLegend(entries, { ...size, left: frame.left, top: height, ...(sign && { sign }) });
  const shown = entries.length > 0;
  return chartSvg({
    title,
    width,
    height: shown ? height + size.height + 12 : height,
    about: `${about}${shown ? ` ${entries.map(({ name, figure }) => `${name} ${figure}`).join(', ')}` : ''}`,
    body: `${plane.markup}\n${body(plane, frame)}\n${shown ? legend : ''}`,
  });
}

type Place = readonly [x: number, y: number];

/** A line through places without those that are nearer than half a pixel to the one before. */
export function linePath(places: readonly Place[]): string {
  const kept: Place[] = [];
  for (const place of places) {
    const last = kept.at(-1);
    if (last === undefined || Math.abs(place[0] - last[0]) + Math.abs(place[1] - last[1]) >= 0.5) kept.push(place);
  }
  const end = places.at(-1);
  if (end !== undefined && kept.at(-1) !== end) kept.push(end);
  return kept.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

const round = (value: number) => `${Math.round(value * 10) / 10}`;

/** @throws RangeError for a number that is not finite or not in a range */
export function checkNumber(where: string, name: string, value: number, [from, to]: readonly [number, number]): void {
  if (!(Number.isFinite(value) && value >= from && value <= to))
    throw new RangeError(
      `${where}: ${name} is ${value}; it must be ${to === Number.POSITIVE_INFINITY ? `${from} or more` : `from ${from} to ${to}`}`,
    );
}
