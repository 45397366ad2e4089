import { concat, reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Activation } from '../block/activation.ts';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import { block } from '../core/block.ts';
import { constant } from '../core/initializers.ts';
import type { Head, Level, Maps, Predictions } from '../core/levels.ts';
import { type AnchorLevel, anchorsPerCell } from '../detection/anchors.ts';
import { classNames } from '../detection/classNames.ts';
import { efficientDetTower } from './efficientDetHeadTower.ts';

export interface EfficientDetHeadOptions<L extends Level> {
  /** Levels that are read, finest first; all have the same channels, which its layers keep. */
  readonly levels: readonly L[];
  /** Anchors of each of them, in their order, as many a cell everywhere: `efficientDetAnchors({ ... })`. */
  readonly anchors: readonly AnchorLevel[];
  /** Names of what is to be found. */
  readonly labels: readonly string[];
  /** Layers before the predicting one. Default 3, as in EfficientDet-D0. */
  readonly repeats?: number;
  /** After each of these. Default `swish`. */
  readonly activation?: Activation;
  /** Whether their convolutions keep a bias before the batch norm, which makes it idle, as TensorFlow's weights have it. Default true. */
  readonly bias?: boolean;
  /** Epsilon and momentum of its batch norms. */
  readonly norm?: BatchNormOptions;
}

/** Share of the anchors that are taken for an object at first. @see Lin et al., Focal loss, 2017, section 3.3 */
const prior = 0.01;

/**
 * The head of EfficientDet: a tower of separable convolutions for the boxes and one for the classes, shared by the levels,
 * each level with batch norms of its own. P maps -> boxes [b, n, 4] and logits [b, n, labels] for sigmoids, without a column
 * for the background; n anchors in the order level, row, column, anchor. Class k of `labels` is column k - 1.
 *
 * @throws RangeError for no levels, no labels, no repeats, or anchors that are not as many in each cell of each level
 * @see Tan et al., EfficientDet, 2020, figure 3; automl/efficientdet, efficientdet_keras.py
 */
export function efficientDetHead<const L extends Level>(options: EfficientDetHeadOptions<L>): Head<L> {
  const { levels, anchors, labels, repeats = 3, activation = 'swish', bias = true, norm = {} } = options;
  const perCell = check(options);
  const tower = { levels, repeats, activation, bias, norm };
  const boxes = efficientDetTower({ ...tower, filters: perCell * 4 });
  const initialBias = constant(-Math.log((1 - prior) / prior));
  const logits = efficientDetTower({ ...tower, filters: perCell * labels.length, initialBias });

  const run = block({ boxes, logits }, (pyramid: Maps<L>, pass): Predictions => {
    const joined = (maps: Maps<L>, width: number) =>
      concat(
        levels.map((level) => rows(maps[level], width)),
        1,
      );
    return { boxes: joined(boxes(pyramid, pass), 4), logits: joined(logits(pyramid, pass), labels.length) };
  });
  return Object.assign(run, { needs: levels, anchors, labels });
}

/** [b, h, w, anchors * width] -> [b, h * w * anchors, width]. */
const rows = (x: Tensor4D, width: number): Tensor3D => reshape(x, [x.shape[0], -1, width]);

/** Anchors of a cell. */
function check<L extends Level>({ levels, anchors, labels, repeats = 3 }: EfficientDetHeadOptions<L>): number {
  if (levels.length === 0) throw new RangeError('efficientDetHead: levels is empty; name at least one, such as P3');
  const perCell = anchorsPerCell(anchors);
  const [first = 0] = perCell;
  if (perCell.length !== levels.length)
    throw new RangeError(
      `efficientDetHead: ${levels.length} levels (${levels.join(', ')}) but anchors for ${anchors.length}; give anchors for each`,
    );
  if (first === 0 || perCell.some((count) => count !== first))
    throw new RangeError(
      `efficientDetHead: cells have ${perCell.join(', ')} anchors; its convolutions are shared by the levels, give each as many`,
    );
  classNames('efficientDetHead', { labels });
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new RangeError(`efficientDetHead: repeats is ${repeats}; it must be a whole number of at least 1`);
  return first;
}
