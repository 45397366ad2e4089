import { checkNumber, linePath, planeChart } from './curveChart.ts';
import { fillStyle, lineStyle, percent } from './curveLegend.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';
import { short } from './markup.ts';

/** What scores say and what came of them, as `calibration` counts it. */
export interface ReliabilityCurve {
  readonly name: string;
  /** Number of its colour and dashes. Default its place in the list. */
  readonly line?: number;
  /** The expected calibration error, 0 to 1. */
  readonly expectedError: number;
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    /** The mean score and the share of hits; undefined of none. */
    readonly score: number | undefined;
    readonly precision: number | undefined;
  }[];
}

const where = 'reliabilitySvg';

/**
 * The share of detections that are right over what their scores say: on the diagonal they are probabilities. The larger a
 * dot, the more detections it stands for. The legend has the expected calibration errors. An SVG document.
 *
 * @throws RangeError for no curves, a share beyond 0 and 1, or too small a size
 * @see Guo et al., 2017: On Calibration of Modern Neural Networks, figure 1
 */
export function reliabilitySvg(curves: readonly ReliabilityCurve[], options: ChartOptions = {}): string {
  checkSome(where, 'curves', curves);
  for (const { name, expectedError, bins } of curves) {
    checkNumber(where, `the expected error of '${name}'`, expectedError, [0, 1]);
    for (const { count, score = 0, precision = 0 } of bins) {
      checkNumber(where, `a count of '${name}'`, count, [0, Number.POSITIVE_INFINITY]);
      checkNumber(where, `a score of '${name}'`, score, [0, 1]);
      checkNumber(where, `a precision of '${name}'`, precision, [0, 1]);
    }
  }
  return planeChart({
    ...options,
    where,
    about: 'Precision over score. Expected calibration error:',
    across: { name: 'score', from: 0, to: 1 },
    up: { name: 'precision', from: 0, to: 1 },
    entries: curves.map(({ name, expectedError, line }) => ({
      name,
      line,
      figure: `ECE ${percent(expectedError, 1)} ·`,
    })),
    body: ({ x, y }) => {
      const [low, high] = [`${short(x(0))} ${short(y(0))}`, `${short(x(1))} ${short(y(1))}`];
      const ideal = `<path class="guide" d="M${low}L${high}"/>`;
      const lines = curves.map(({ bins, line: number }, place) => {
        const i = number ?? place;
        const all = bins.reduce((sum, { count }) => sum + count, 0);
        const filled = bins.flatMap(({ count, score, precision, from, to }) =>
          score === undefined || precision === undefined ? [] : [{ count, score, precision, from, to }],
        );
        const gaps = filled.map((bin) => `M${short(x(bin.score))} ${short(y(bin.score))}V${short(y(bin.precision))}`);
        const dots = filled.map(
          ({ count, score, precision, from, to }) =>
            `<circle ${fillStyle(i)} cx="${short(x(score))}" cy="${short(y(precision))}" r="${short(2.5 + 9 * Math.sqrt(count / all))}" fill-opacity=".8"><title>${count} detections of scores ${round(from)} to ${round(to)}: ${percent(precision, 1)} are right</title></circle>`,
        );
        const line = linePath(filled.map(({ score, precision }) => [x(score), y(precision)]));
        const apart =
          curves.length === 1
            ? `<path ${lineStyle(i)} stroke-width="6" stroke-opacity=".25" d="${gaps.join('')}"/>`
            : '';
        return `${apart}${line && `<path class="line" ${lineStyle(i)} d="${line}"/>`}${dots.join('')}`;
      });
      return [ideal, ...lines].join('\n');
    },
  });
}

const round = (value: number) => `${Math.round(value * 100) / 100}`;
