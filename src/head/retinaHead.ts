import { concat, reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { type Block, block } from '../core/block.ts';
import { constant, type Initializer, normal, zeros } from '../core/initializers.ts';
import type { Head, Level, Maps, Predictions } from '../core/levels.ts';
import { type AnchorLevel, anchorsPerCell } from '../detection/anchors.ts';
import { classNames } from '../detection/classNames.ts';

export interface RetinaHeadOptions<L extends Level> {
  /** Levels that are read, finest first; all have the same channels, which the layers keep. */
  readonly levels: readonly L[];
  /** Anchors of each of them, in their order, as many a cell everywhere: `retinaNetAnchors()`. */
  readonly anchors: readonly AnchorLevel[];
  /** Names of what is to be found. */
  readonly labels: readonly string[];
  /** Layers before the predicting one. Default 4. */
  readonly repeats?: number;
  /** Whether the logits begin with a `column` for the background, which nothing needs but torchvision's weights have. Default `none`. */
  readonly background?: 'column' | 'none';
}

/** Share of the anchors that are taken for an object at first. @see Lin et al., Focal loss, 2017, section 4.1 */
const prior = 0.01;

/**
 * The head of RetinaNet: 3x3 convolutions with ReLU to the boxes and as many to the classes, shared by the levels, with bias
 * and without norms. P maps -> boxes [b, n, 4] and logits [b, n, labels] for sigmoids, or one more with a column; n anchors
 * in the order level, row, column, anchor.
 *
 * @throws RangeError for no levels, no labels, or anchors that are not as many in each cell of each level
 * @see Lin et al., Focal loss, 2017, figure 3; torchvision, detection/retinanet.py
 */
export function retinaHead<const L extends Level>(options: RetinaHeadOptions<L>): Head<L> {
  const { levels, anchors, labels, repeats = 4, background = 'none' } = options;
  const perCell = check(options);
  const classes = labels.length + (background === 'column' ? 1 : 0);
  const boxes = tower(repeats, perCell * 4, zeros);
  const logits = tower(repeats, perCell * classes, constant(-Math.log((1 - prior) / prior)));

  const run = block({ boxes, logits }, (pyramid: Maps<L>, pass): Predictions => {
    const joined = (own: Block, width: number) =>
      concat(
        levels.map((level) => rows(own(pyramid[level], pass), width)),
        1,
      );
    return { boxes: joined(boxes, 4), logits: joined(logits, classes) };
  });
  return Object.assign(run, { needs: levels, anchors, labels });
}

/** [b, h, w, anchors * width] -> [b, h * w * anchors, width]. */
const rows = (x: Tensor4D, width: number): Tensor3D => reshape(x, [x.shape[0], -1, width]);

function tower(repeats: number, filters: number, initialBias: Initializer): Block {
  const initial = normal(0.01);
  const layer = () => conv({ filters: (channels) => channels, kernel: 3, initial, activation: 'relu' });
  const layers = Array.from({ length: repeats }, layer);
  const predict = conv({ filters, kernel: 3, initial, initialBias });
  return block({ layers, predict }, (x: Tensor4D, pass) =>
    predict(
      layers.reduce((y, own) => own(y, pass), x),
      pass,
    ),
  );
}

/** Anchors of a cell. */
function check<L extends Level>({ levels, anchors, labels, repeats = 4 }: RetinaHeadOptions<L>): number {
  const perCell = anchorsPerCell(anchors);
  const [first = 0] = perCell;
  if (levels.length === 0) throw new RangeError('retinaHead: levels is empty; name at least one, such as P3');
  if (perCell.length !== levels.length)
    throw new RangeError(
      `retinaHead: ${levels.length} levels (${levels.join(', ')}) but anchors for ${anchors.length}; give anchors for each`,
    );
  if (first === 0 || perCell.some((count) => count !== first))
    throw new RangeError(
      `retinaHead: a cell has ${perCell.join(', ')} anchors; its layers are shared, so that it must be as many on each level`,
    );
  if (!(Number.isInteger(repeats) && repeats >= 0))
    throw new RangeError(`retinaHead: repeats is ${repeats}; it must be a whole number of at least 0`);
  classNames('retinaHead', { labels });
  return first;
}
