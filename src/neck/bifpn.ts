import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv, separableConv } from '../block/conv.ts';
import { fuse } from '../block/fuse.ts';
import { type Block, block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type From, type Level, type Maps, mapLevels, type Neck, rank, type Stage, type UpTo } from '../core/levels.ts';
import type { Pass } from '../core/pass.ts';
import { swish } from '../ops/swish.ts';
import { upsampleNearest } from '../ops/upsampleNearest.ts';

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
  readonly fuse?: 'sum' | 'fast' | 'softmax';
  /** Stages of the backbone that are read. Levels beyond the last are pooled from it. Default C3, C4, C5. */
  readonly stages?: readonly S[];
  /** Epsilon and momentum of its batch norms. */
  readonly norm?: BatchNormOptions;
}

/**
 * The bidirectional pyramid: in each cell a way down from the coarsest level and a way back up, each node a weighted
 * fusion, swish, a separable 3x3 convolution and a batch norm. C maps -> P maps, `channels` each.
 *
 * In the first cell every use of a stage has a 1x1 convolution (bias) and batch norm of its own. A level beyond the last
 * stage is that stage, brought to the channels and pooled 3x3 / 2, or the pooled level before it.
 *
 * @throws RangeError if the stages are not consecutive from the finest level on
 * @see Tan et al., EfficientDet, 2020, figure 3; automl/efficientdet, fpn_configs.py
 */
export function bifpn<const A extends Level, const B extends From[A], const S extends Stage = 'C3' | 'C4' | 'C5'>(
  options: BifpnOptions<A, B, S>,
): Neck<S, From[A] & UpTo[B]> {
  type Made = From[A] & UpTo[B];
  const { from, to, channels, cells: repeats = 3, fuse: method = 'fast', norm = {} } = options;
  const stages = options.stages ?? (['C3', 'C4', 'C5'] as unknown as readonly S[]); // S's default
  const levels = Array.from({ length: rank(to) - rank(from) + 1 }, (_, i) => `P${rank(from) + i}` as Made);
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new RangeError(`bifpn: cells is ${repeats}; it must be a whole number of at least 1`);
  if (stages.length > levels.length || stages.some((stage, i) => rank(stage) !== rank(from) + i))
    throw new RangeError(
      `bifpn: stages are ${stages.join(', ')} and levels ${levels.join(', ')}; stages must start at ${from.replace('P', 'C')} and follow each other`,
    );

  const pooled = levels.length > stages.length ? project({ channels, norm }) : undefined;
  const cells = Array.from({ length: repeats }, (_, i) =>
    cell({ levels, channels, method, norm, projected: i === 0 ? stages.length : 0 }),
  );
  const run = block({ pooled, cells }, (maps: Maps<S>, pass): Maps<Made> => {
    const given = stages.map((stage) => maps[stage]);
    const coarsest = given.at(-1);
    if (pooled && coarsest) {
      given.push(down(pooled(coarsest, pass)));
      while (given.length < levels.length) given.push(down(given.at(-1) ?? coarsest));
    }
    const pyramid = cells.reduce((joined, next) => next(joined, pass), given as readonly Tensor4D[]);
    return mapLevels(levels, (_, i) => pyramid[i] ?? missing(i));
  });
  return Object.assign(run, { needs: stages, levels });
}

const missing = (i: number): never => {
  throw new RangeError(`bifpn: no map number ${i} was made`);
};
const project = ({ channels, norm }: { channels: number; norm: BatchNormOptions }): Block =>
  conv({ filters: channels, bias: true, norm, initial: glorotUniform });
const down = (x: Tensor4D): Tensor4D => maxPool(x, 3, 2, 'same');
const up = (x: Tensor4D, like: Tensor4D): Tensor4D => upsampleNearest(x, [like.shape[1], like.shape[2]]);

interface NodeOptions {
  readonly channels: number;
  readonly method: 'sum' | 'fast' | 'softmax';
  readonly norm: BatchNormOptions;
}

/** One node: maps of one shape -> fusion, swish, separable 3x3 (bias), batch norm. */
function node({ channels, method, norm }: NodeOptions): Block<readonly Tensor4D[], Tensor4D> {
  const join = fuse({ method });
  const refine = separableConv({ filters: channels, bias: true, norm });
  return block({ fuse: join, conv: refine }, (maps: readonly Tensor4D[], pass) =>
    refine(swish(join(maps, pass)), pass),
  );
}

interface CellOptions extends NodeOptions {
  readonly levels: readonly Level[];
  /** How many of the maps, from the finest on, still have the channels of the backbone. */
  readonly projected: number;
}

/** One cell: n maps, finest first -> n maps of the same sizes. */
function cell({ levels, projected, ...options }: CellOptions): Block<readonly Tensor4D[], readonly Tensor4D[]> {
  const last = levels.length - 1;
  const step = (i: number) => ({ project: i < projected ? project(options) : undefined, node: node(options) });
  const wayDown = mapLevels(levels.slice(0, last), (_, i) => step(i)); // P6' to P3''
  const wayUp = mapLevels(levels.slice(1), (_, i) => step(i + 1)); // P4'' to P7''
  const top = last < projected ? project(options) : undefined; // P7's use in P6'

  return block({ top, down: wayDown, up: wayUp }, (maps: readonly Tensor4D[], pass) => {
    const map = (i: number): Tensor4D => maps[i] ?? missing(i);
    const own = (block: Block | undefined, i: number, pass: Pass) => (block ? block(map(i), pass) : map(i));
    const middle = new Map<number, Tensor4D>([[last, own(top, last, pass)]]);
    const made = (i: number): Tensor4D => middle.get(i) ?? missing(i);
    for (let i = last - 1; i >= 0; i--) {
      const { project, node } = wayDown[levels[i] ?? missing(i)];
      const x = own(project, i, pass);
      middle.set(i, node([x, up(made(i + 1), x)], pass));
    }
    const results = [made(0)]; // the finest node of the way down is the cell's own
    for (let i = 1; i <= last; i++) {
      const { project, node } = wayUp[levels[i] ?? missing(i)];
      const x = own(project, i, pass);
      const below = down(results[i - 1] ?? missing(i - 1));
      results.push(node(i < last ? [x, made(i), below] : [x, below], pass));
    }
    return results;
  });
}
