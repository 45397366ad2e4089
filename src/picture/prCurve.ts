import { checkNumber, linePath, planeChart } from './curveChart.ts';
import { lineStyle, percent } from './curveLegend.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';
import { short } from './markup.ts';

export interface PrecisionPlace {
  /** 0 to 1. */
  readonly recall: number;
  /** 0 to 1. */
  readonly precision: number;
}

/** The precision of a detector over its recall. */
export interface PrecisionCurve {
  readonly name: string;
  /** For the legend, 0 to 1. Default none is told, and the order stays. */
  readonly averagePrecision?: number;
  /** Number of its colour and dashes. Default its place in the legend. */
  readonly line?: number;
  /** In the order of falling scores, as of `cocoPrecisionCurve` or `precisionPlaces`. */
  readonly curve: readonly PrecisionPlace[];
}

const share = [0, 1] as const;
const where = 'precisionRecallSvg';

/**
 * Precision over recall, the best detector first, over faint lines of equal F1. An SVG document.
 *
 * @throws RangeError for no curves, a share beyond 0 and 1, or too small a size
 */
export function precisionRecallSvg(curves: readonly PrecisionCurve[], options: ChartOptions = {}): string {
  checkSome(where, 'curves', curves);
  for (const { name, averagePrecision = 0, curve } of curves) {
    checkNumber(where, `the average precision of '${name}'`, averagePrecision, share);
    for (const { recall, precision } of curve) {
      checkNumber(where, `a recall of '${name}'`, recall, share);
      checkNumber(where, `a precision of '${name}'`, precision, share);
    }
  }
  const sorted = curves.toSorted((a, b) => (b.averagePrecision ?? 0) - (a.averagePrecision ?? 0));
  return planeChart({
    ...options,
    where,
    about: 'Precision over recall. Average precision:',
    across: { name: 'recall', from: 0, to: 1 },
    up: { name: 'precision', from: 0, to: 1 },
    entries: sorted.map(({ name, averagePrecision, line }) => ({
      name,
      line,
      figure: averagePrecision === undefined ? '' : percent(averagePrecision),
    })),
    body: ({ x, y }, { right }) => {
      const guides = [0.2, 0.4, 0.6, 0.8].map((f1) => {
        const d = linePath(equalF1(f1).map(({ recall, precision }) => [x(recall), y(precision)]));
        const foot = y(f1 / (2 - f1)); // where the recall is 1
        return `<path class="grid" stroke-dasharray="2 4" d="${d}"/><text class="soft" font-size="10" text-anchor="end" x="${right - 4}" y="${short(foot - 4)}">F1 ${f1}</text>`;
      });
      const lines = sorted.map(({ curve, line }, i) => {
        const d = linePath(curve.map(({ recall, precision }) => [x(recall), y(precision)]));
        return d && `<path class="line" ${lineStyle(line ?? i)} d="${d}"/>`;
      });
      return [...guides, ...lines.reverse()].join('\n'); // the best on top
    },
  });
}

/** Places of one F1, from where the precision is 1. */
const equalF1 = (f1: number): PrecisionPlace[] =>
  Array.from({ length: 41 }, (_, i) => {
    const from = f1 / (2 - f1);
    const recall = from + ((1 - from) * i) / 40;
    return { recall, precision: Math.min(1, (f1 * recall) / (2 * recall - f1)) };
  });

/** What a miss rate counted. */
export interface MissRateCounts {
  readonly images: number;
  readonly truths: number;
  readonly curve: readonly { readonly fppi: number; readonly missRate: number }[];
}

/** Precision and recall at each point of a curve of miss rates, as `missRate` makes it; none before the first detection. */
export const precisionPlaces = ({ images, truths, curve }: MissRateCounts): PrecisionPlace[] =>
  curve.flatMap(({ fppi, missRate }) => {
    const [hits, falses] = [Math.round((1 - missRate) * truths), Math.round(fppi * images)];
    return hits + falses === 0 ? [] : [{ recall: hits / truths, precision: hits / (hits + falses) }];
  });
