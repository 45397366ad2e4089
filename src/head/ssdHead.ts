import { concat, reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Head, type Level, type Maps, mapLevels, type Predictions } from '../core/levels.ts';
import { type AnchorLevel, anchorsPerCell } from '../detection/anchors.ts';

export interface SsdHeadOptions<L extends Level> {
  /** Levels that are read, finest first. */
  readonly levels: readonly L[];
  /** Anchors of each of them, in their order: `baselineAnchors()`. */
  readonly anchors: readonly AnchorLevel[];
  /** Names of what is to be found; the background is a class besides. */
  readonly labels: readonly string[];
}

/**
 * The head of SSD: for each level one 3x3 convolution to boxes and one to classes, unshared, with bias.
 * P maps -> boxes [b, n, 4] and logits [b, n, 1 + labels], n anchors in the order level, row, column, anchor.
 *
 * @throws RangeError for no levels, no labels, or another number of levels than anchors have
 * @see Liu et al., SSD, 2016
 */
export function ssdHead<const L extends Level>({ levels, anchors, labels }: SsdHeadOptions<L>): Head<L> {
  if (levels.length === 0) throw new RangeError('ssdHead: levels is empty; name at least one, such as P3');
  if (anchors.length !== levels.length)
    throw new RangeError(
      `ssdHead: ${levels.length} levels (${levels.join(', ')}) but anchors for ${anchors.length}; give anchors for each`,
    );
  if (labels.length === 0 || new Set(labels).size !== labels.length)
    throw new RangeError(`ssdHead: labels are [${labels}]; give at least one, none twice`);
  const classes = 1 + labels.length;
  const perCell = anchorsPerCell(anchors);
  const predict = (filters: number) => conv({ filters, kernel: 3, initial: glorotUniform });
  const boxes = mapLevels(levels, (_, i) => predict((perCell[i] ?? 0) * 4));
  const logits = mapLevels(levels, (_, i) => predict((perCell[i] ?? 0) * classes));
  const rows = (x: Tensor4D, width: number): Tensor3D => reshape(x, [x.shape[0], -1, width]); // [b, h * w * anchors, width]

  const run = block({ boxes, logits }, (pyramid: Maps<L>, pass): Predictions => {
    const joined = (heads: typeof boxes, width: number) =>
      concat(
        levels.map((level) => rows(heads[level](pyramid[level], pass), width)),
        1,
      );
    return { boxes: joined(boxes, 4), logits: joined(logits, classes) };
  });
  return Object.assign(run, { needs: levels, anchors, labels });
}
