import { concat, reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Head, type Level, type Maps, mapLevels, type Predictions } from '../core/levels.ts';

export interface SsdHeadOptions<L extends Level> {
  /** Levels that are read, in the order of the anchors. */
  readonly levels: readonly L[];
  /** Anchors of a cell. */
  readonly anchors: number;
  /** Classes, the background counted as one. */
  readonly classes: number;
}

/**
 * The head of SSD: for each level one 3x3 convolution to boxes and one to classes, unshared, with bias.
 * P maps -> boxes [b, n, 4] and logits [b, n, classes], n anchors in the order level, row, column, anchor.
 *
 * @throws RangeError for no levels, no anchors or fewer than two classes
 * @see Liu et al., SSD, 2016
 */
export function ssdHead<const L extends Level>({ levels, anchors, classes }: SsdHeadOptions<L>): Head<L> {
  if (levels.length === 0) throw new RangeError('ssdHead: levels is empty; name at least one, such as P3');
  if (!(Number.isInteger(anchors) && anchors >= 1))
    throw new RangeError(`ssdHead: anchors is ${anchors}; it must be a whole number of at least 1`);
  if (!(Number.isInteger(classes) && classes >= 2))
    throw new RangeError(`ssdHead: classes is ${classes}; it must be at least 2, the background and one more`);
  const predict = (filters: number) => conv({ filters, kernel: 3, initial: glorotUniform });
  const boxes = mapLevels(levels, () => predict(anchors * 4));
  const logits = mapLevels(levels, () => predict(anchors * classes));
  const rows = (x: Tensor4D, width: number): Tensor3D => reshape(x, [x.shape[0], -1, width]); // [b, h * w * anchors, width]

  const run = block(
    { boxes, logits },
    (pyramid: Maps<L>, pass): Predictions => ({
      boxes: concat(
        levels.map((level) => rows(boxes[level](pyramid[level], pass), 4)),
        1,
      ),
      logits: concat(
        levels.map((level) => rows(logits[level](pyramid[level], pass), classes)),
        1,
      ),
    }),
  );
  return Object.assign(run, { needs: levels, classes, anchors: levels.map(() => anchors) });
}
