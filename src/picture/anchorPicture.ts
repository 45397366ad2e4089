import { checkNumber, linePath, planeChart } from './curveChart.ts';
import { fillStyle, lineStyle, percent } from './curveLegend.ts';
import { type ChartOptions, checkSome } from './curveShell.ts';
import { stepsSvg } from './histogram.ts';
import { short } from './markup.ts';

/** How far a set of anchors reaches the boxes, as `anchorStudy` says it. */
export interface AnchorSet {
  readonly name: string;
  /** The mean over boxes of the best anchor's overlap. */
  readonly meanIou: number;
  /** The share of boxes that some anchor overlaps so much. */
  readonly recall: readonly { readonly threshold: number; readonly value: number }[];
}

/**
 * The share of boxes that anchors reach, over the overlap that is asked for: a line for each set of anchors, the mean of
 * the best overlaps in the legend. An SVG document.
 *
 * @throws RangeError for no sets, a share beyond 0 and 1, or too small a size
 */
export function anchorRecallSvg(sets: readonly AnchorSet[], options: ChartOptions = {}): string {
  const where = 'anchorRecallSvg';
  checkSome(where, 'sets', sets);
  for (const { name, meanIou, recall } of sets) {
    checkNumber(where, `the mean overlap of '${name}'`, meanIou, [0, 1]);
    for (const { threshold, value } of recall) {
      checkNumber(where, `a threshold of '${name}'`, threshold, [0, 1]);
      checkNumber(where, `a recall of '${name}'`, value, [0, 1]);
    }
  }
  const thresholds = sets.flatMap(({ recall }) => recall.map(({ threshold }) => threshold));
  const low = Math.min(0.5, ...thresholds);
  const high = Math.max(0.6, ...thresholds);
  return planeChart({
    ...options,
    where,
    about: 'Share of boxes that anchors reach over the overlap asked for. Mean of the best overlaps:',
    across: { name: 'overlap with the best anchor (IoU)', from: low, to: high },
    up: { name: 'recall', from: 0, to: 1 },
    entries: sets.map(({ name, meanIou }) => ({ name, figure: `mean IoU ${meanIou.toFixed(3)} ·` })),
    body: ({ x, y }) =>
      sets
        .map(({ recall }, i) => {
          const points = recall.toSorted((a, b) => a.threshold - b.threshold);
          const line = linePath(points.map(({ threshold, value }) => [x(threshold), y(value)]));
          const dots = points.map(
            ({ threshold, value }) =>
              `<circle ${fillStyle(i)} cx="${short(x(threshold))}" cy="${short(y(value))}" r="3.5"><title>${percent(value, 1)} of the boxes at ${threshold}</title></circle>`,
          );
          return `${line && `<path class="line" ${lineStyle(i)} d="${line}"/>`}${dots.join('')}`;
        })
        .join('\n'),
  });
}

/** Boxes by their best anchor's overlap, as `anchorStudy` counts them. */
export interface AnchorOverlaps {
  readonly name: string;
  readonly meanIou: number;
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly boxes: number }[];
}

/** How many boxes have how good a best anchor, as shares. An SVG document. @throws RangeError for no sets or no bins, or too small a size */
export function anchorOverlapSvg(sets: readonly AnchorOverlaps[], options: ChartOptions = {}): string {
  const where = 'anchorOverlapSvg';
  checkSome(where, 'sets', sets);
  const counted = sets.map(({ name, meanIou, histogram }) => {
    checkSome(where, `the histogram of '${name}'`, histogram);
    for (const { boxes } of histogram) checkNumber(where, `a count of '${name}'`, boxes, [0, Number.POSITIVE_INFINITY]);
    const all = histogram.reduce((sum, { boxes }) => sum + boxes, 0);
    return {
      name,
      figure: `mean IoU ${meanIou.toFixed(3)} ·`,
      bins: histogram.map(({ from, to, boxes }) => ({ from, to, share: boxes / Math.max(1, all) })),
    };
  });
  return stepsSvg(counted, { ...options, where, of: 'overlap with the best anchor (IoU)' });
}
