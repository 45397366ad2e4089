import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Activation } from '../block/activation.ts';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import { block } from '../core/block.ts';
import { type From, type Level, type Maps, mapLevels, type Neck, rank, type Stage, type UpTo } from '../core/levels.ts';
import { bifpnCell, down, missing, project } from './bifpnCell.ts';
import type { BifpnFusion } from './bifpnFuse.ts';

export interface BifpnOptions<A extends Level, B extends From[A], S extends Stage> {
  /** Finest level made. */
  readonly from: A;
  /** Coarsest level made. */
  readonly to: B;
  /** Channels of every level. */
  readonly channels: number;
  /** How often the cell is repeated. Default 3, as in EfficientDet-D0. */
  readonly cells?: number;
  /** How maps become one. Default `fast`. */
  readonly fuse?: BifpnFusion;
  /** Stages of the backbone that are read. Levels beyond the last are pooled from it. Default C3, C4, C5. */
  readonly stages?: readonly S[];
  /** Between a fusion and its convolution. Default `swish`. */
  readonly activation?: Activation;
  /** Whether convolutions keep their bias before a batch norm, which makes it idle, as TensorFlow's weights have it. Default true. */
  readonly bias?: boolean;
  /** How the 3x3 / 2 pools meet the edges. Default `same`. */
  readonly padding?: 'same' | 'symmetric';
  /** Epsilon and momentum of its batch norms. */
  readonly norm?: BatchNormOptions;
}

/**
 * The bidirectional pyramid: in each cell a way down from the coarsest level and a way back up, each node a weighted
 * fusion, an activation, a separable 3x3 convolution and a batch norm. C maps -> P maps, `channels` each.
 *
 * In the first cell every use of a stage has a 1x1 convolution and batch norm of its own. A level beyond the last stage is
 * that stage, brought to the channels and pooled 3x3 / 2, or the pooled level before it.
 *
 * @throws RangeError if the stages are not consecutive from the finest level on
 * @see Tan et al., EfficientDet, 2020, figure 3; automl/efficientdet, fpn_configs.py
 */
export function bifpn<const A extends Level, const B extends From[A], const S extends Stage = 'C3' | 'C4' | 'C5'>(
  options: BifpnOptions<A, B, S>,
): Neck<S, From[A] & UpTo[B]> {
  type Made = From[A] & UpTo[B];
  const { from, to, channels, cells: repeats = 3, fuse = 'fast', activation = 'swish' } = options;
  const { bias = true, padding = 'same', norm = {} } = options;
  const stages = options.stages ?? (['C3', 'C4', 'C5'] as unknown as readonly S[]); // S's default
  const levels = Array.from({ length: rank(to) - rank(from) + 1 }, (_, i) => `P${rank(from) + i}` as Made);
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new RangeError(`bifpn: cells is ${repeats}; it must be a whole number of at least 1`);
  if (stages.length > levels.length || stages.some((stage, i) => rank(stage) !== rank(from) + i))
    throw new RangeError(
      `bifpn: stages are ${stages.join(', ')} and levels ${levels.join(', ')}; stages must start at ${from.replace('P', 'C')} and follow each other`,
    );

  const node = { channels, fuse, activation, bias, padding, norm };
  const pooled = levels.length > stages.length ? project(node) : undefined;
  const cells = Array.from({ length: repeats }, (_, i) =>
    bifpnCell({ ...node, levels, projected: i === 0 ? stages.length : 0 }),
  );
  const run = block({ pooled, cells }, (maps: Maps<S>, pass): Maps<Made> => {
    const given = stages.map((stage) => maps[stage]);
    const coarsest = given.at(-1);
    if (pooled && coarsest) {
      given.push(down(pooled(coarsest, pass), padding));
      while (given.length < levels.length) given.push(down(given.at(-1) ?? coarsest, padding));
    }
    const pyramid = cells.reduce((joined, next) => next(joined, pass), given as readonly Tensor4D[]);
    return mapLevels(levels, (_, i) => pyramid[i] ?? missing(i));
  });
  return Object.assign(run, { needs: stages, levels });
}
