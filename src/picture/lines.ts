import { checkNumber, linePath, planeChart } from './curveChart.ts';
import { lineStyle } from './curveLegend.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';

/** Values over something that rises: the loss over steps, and the like. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Beside its name in the legend. Default the last value. */
  readonly figure?: string;
}

export interface LinesOptions extends ChartOptions {
  /** What x is, with its unit: `step`. */
  readonly across: string;
  /** What y is, with its unit. */
  readonly up: string;
  /** Of y; values beyond are drawn at the edge. Default what the values reach. */
  readonly range?: readonly [from: number, to: number];
  /** Of y. Default linear. */
  readonly scale?: 'linear' | 'log';
}

const where = 'linesSvg';

/**
 * A line for each series, in the order of its points. An SVG document.
 *
 * @throws RangeError for no series, one without points, a value that is not finite or not above 0 on a logarithmic axis, a
 * range that does not rise, or too small a size
 */
export function linesSvg(series: readonly Series[], options: LinesOptions): string {
  const { across, up, scale = 'linear', ...chart } = options;
  checkSome(where, 'series', series);
  for (const { name, points } of series) {
    checkSome(where, `points of '${name}'`, points);
    for (const [x, y] of points) {
      checkNumber(where, `an x of '${name}'`, x, [-Number.MAX_VALUE, Number.MAX_VALUE]);
      checkNumber(where, `a y of '${name}'`, y, [
        scale === 'log' ? Number.MIN_VALUE : -Number.MAX_VALUE,
        Number.MAX_VALUE,
      ]);
    }
  }
  const points = series.flatMap((one) => one.points);
  const [left, right] = reach(points.map(([x]) => x));
  const [from, to] = options.range ?? reach(points.map(([, y]) => y));
  if (!(from < to && (scale === 'linear' || from > 0)))
    throw new RangeError(`${where}: range is ${from} to ${to}; it must rise${scale === 'log' ? ', from above 0' : ''}`);
  return planeChart({
    ...chart,
    where,
    about: `${up} over ${across}:`,
    across: { name: across, from: left, to: right },
    up: { name: up, from, to, scale },
    entries: series.map(({ name, points, figure }) => ({
      name,
      figure: `${figure ?? Number((points.at(-1)?.[1] ?? 0).toPrecision(3))} ·`,
    })),
    body: ({ x, y }) =>
      series
        .map(
          ({ points }, i) =>
            `<path class="line" ${lineStyle(i)} d="${linePath(points.map((point) => [x(point[0]), y(point[1])]))}"/>`,
        )
        .join('\n'),
  });
}

/** From the least to the greatest; some room about values that are all alike. */
function reach(values: readonly number[]): [number, number] {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const room = low === high ? Math.abs(low) / 2 || 1 : 0;
  return [low - room, high + room];
}
