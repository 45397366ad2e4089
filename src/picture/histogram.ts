import { linePath, planeChart } from './curveChart.ts';
import { fillStyle, lineStyle } from './curveLegend.ts';
import { logTicks, roundTicks } from './curvePlane.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';
import { binned, type HistogramBin } from './histogramBins.ts';
import { escapeText, short } from './markup.ts';

/** Values of one data set. */
export interface HistogramSet {
  readonly name: string;
  readonly values: readonly number[];
}

export interface HistogramOptions extends ChartOptions {
  /** What the values are, with their unit: `height, pixels`. */
  readonly of: string;
  /** Bins of equal width, or of equal ratio. Default linear. */
  readonly scale?: 'linear' | 'log';
  /** Values beyond fall into the outermost bins. Default what the values reach. */
  readonly range?: readonly [from: number, to: number];
  /** Default 30. */
  readonly bins?: number;
  /** Upright lines with names. */
  readonly marks?: readonly { readonly at: number; readonly name: string }[];
}

/**
 * How often values are how large, as shares of each set: bars for one set, steps for several. An SVG document.
 *
 * @throws RangeError for no sets, values that are not finite or not above 0 on a logarithmic axis, a range that does not rise, bins that cannot be, or too small a size
 */
export function histogramSvg(sets: readonly HistogramSet[], options: HistogramOptions): string {
  const { of, scale = 'linear', bins = 30, range } = options;
  checkSome('histogramSvg', 'sets', sets);
  const counted = binned('histogramSvg', sets, { scale, bins, ...(range && { range }) });
  return stepsSvg(counted, { ...options, where: 'histogramSvg', scale, of });
}

/** A set whose values are counted already. */
export interface CountedSet {
  readonly name: string;
  /** Beside its name in the legend. */
  readonly figure: string;
  readonly bins: readonly HistogramBin[];
}

/** Bars or steps of counted sets. */
export function stepsSvg(
  sets: readonly CountedSet[],
  { where, of, scale, marks = [], ...options }: HistogramOptions & { readonly where: string },
): string {
  const edges = sets.flatMap(({ bins }) => bins.flatMap(({ from, to }) => [from, to]));
  const [from, to] = [edges.reduce((a, b) => Math.min(a, b)), edges.reduce((a, b) => Math.max(a, b))];
  const most = Math.max(0.01, ...sets.flatMap(({ bins }) => bins.map((bin) => bin.share)));
  return planeChart({
    ...options,
    where,
    about: `How often each ${of} is, as shares.`,
    across: { name: of, from, to, ...(scale === 'log' ? { scale, ticks: logTicks(from, to) } : {}) },
    up: {
      name: 'share of boxes',
      from: 0,
      to: most * 1.12,
      ticks: roundTicks(0, most * 1.12),
      text: (tick) => `${Number((100 * tick).toPrecision(3))} %`,
    },
    entries: sets,
    body: ({ x, y }, { top, bottom }) => {
      const shapes = sets.map(({ bins }, i) => {
        const outline = linePath(
          bins.flatMap((bin) => [[x(bin.from), y(bin.share)] as const, [x(bin.to), y(bin.share)] as const]),
        );
        const bars = bins
          .filter(({ share }) => share > 0)
          .map(
            (bin) =>
              `M${short(x(bin.from) + 0.5)} ${bottom}V${short(y(bin.share))}H${short(x(bin.to) - 0.5)}V${bottom}Z`,
          );
        return sets.length === 1
          ? `<path ${fillStyle(i)} fill-opacity=".75" d="${bars.join('')}"/>`
          : `<path class="line" ${lineStyle(i)} d="${outline}"/>`;
      });
      const lines = marks
        .filter(({ at }) => at > from && at < to)
        .map(({ at, name }) => {
          const place = short(x(at));
          return `<path class="guide" d="M${place} ${top}V${bottom}"/><text class="soft halo" font-size="11" transform="translate(${short(x(at) + 12)} ${top + 6}) rotate(90)">${escapeText(name)}</text>`;
        });
      return [...shapes, ...lines].join('\n');
    },
  });
}
