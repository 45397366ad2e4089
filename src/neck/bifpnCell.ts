import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Activation, activate } from '../block/activation.ts';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv, separableConv } from '../block/conv.ts';
import { pad } from '../block/padding.ts';
import { type Block, block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Level, mapLevels } from '../core/levels.ts';
import type { Pass } from '../core/pass.ts';
import { upsampleNearest } from '../ops/upsampleNearest.ts';
import { type BifpnFusion, bifpnFuse } from './bifpnFuse.ts';

/** What all nodes of a BiFPN have in common. */
export interface BifpnNodeOptions {
  readonly channels: number;
  readonly fuse: BifpnFusion;
  readonly activation: Activation;
  readonly bias: boolean;
  readonly padding: 'same' | 'symmetric';
  readonly norm: BatchNormOptions;
}

export interface BifpnCellOptions extends BifpnNodeOptions {
  readonly levels: readonly Level[];
  /** How many of the maps, from the finest on, still have the channels of the backbone. */
  readonly projected: number;
}

/** To the pyramid's channels: 1x1, then batch norm. */
export const project = ({ channels, bias, norm }: BifpnNodeOptions): Block =>
  conv({ filters: channels, bias, norm, initial: glorotUniform });

/** Half as many rows and columns, rounded up. */
export const down = (x: Tensor4D, padding: BifpnNodeOptions['padding']): Tensor4D =>
  maxPool(x, 3, 2, pad(padding, { kernel: 3, stride: 2 }));

const up = (x: Tensor4D, like: Tensor4D): Tensor4D => upsampleNearest(x, [like.shape[1], like.shape[2]]);

export const missing = (i: number): never => {
  throw new RangeError(`bifpn: no map number ${i} was made`);
};

/** One node: maps of one shape -> fusion, activation, separable 3x3, batch norm. */
function node({ channels, fuse, activation, bias, norm }: BifpnNodeOptions): Block<readonly Tensor4D[], Tensor4D> {
  const join = bifpnFuse(fuse);
  const refine = separableConv({ filters: channels, bias, norm });
  return block({ fuse: join, conv: refine }, (maps: readonly Tensor4D[], pass) =>
    refine(activate(join(maps, pass), activation), pass),
  );
}

/** One cell: n maps, finest first -> n maps of the same sizes. */
export function bifpnCell({
  levels,
  projected,
  ...options
}: BifpnCellOptions): Block<readonly Tensor4D[], readonly Tensor4D[]> {
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
      const below = down(results[i - 1] ?? missing(i - 1), options.padding);
      results.push(node(i < last ? [x, made(i), below] : [x, below], pass));
    }
    return results;
  });
}
