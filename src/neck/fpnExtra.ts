import { maxPool, relu, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv } from '../block/conv.ts';
import { type Block, block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Level, rank } from '../core/levels.ts';

interface After {
  P1: 'P2';
  P2: 'P3';
  P3: 'P4';
  P4: 'P5';
  P5: 'P6';
  P6: 'P7';
  P7: 'P8';
  P8: 'P9';
  P9: never;
}
/** One level coarser than each. */
export type Coarser<L extends Level> = After[L];

/**
 * Levels beyond the last stage. `pool`: one, every second pixel of the coarsest level. `convStage` and `convLevel`: two, by
 * 3x3 / 2 convolutions, the first of the coarsest stage or level, the second of the first's ReLU.
 */
export type ExtraLevels = 'pool' | 'convStage' | 'convLevel';

/** The coarsest stage and the level that was made of it. */
interface Coarsest {
  readonly stage: Tensor4D;
  readonly level: Tensor4D;
}

/** Names of the levels beyond one. @throws RangeError where there are no such names */
export function extraNames(last: Level, extra: ExtraLevels): Level[] {
  const count = extra === 'pool' ? 1 : 2;
  if (rank(last) + count > 9)
    throw new RangeError(
      `fpn: ${last} is the coarsest level and extra '${extra}' adds ${count}; P9 is the last there is`,
    );
  return Array.from({ length: count }, (_, i) => `P${rank(last) + 1 + i}` as Level); // P2 to P9
}

/**
 * Makes maps beyond the coarsest, one for each name, each half as large.
 *
 * @see torchvision, ops/feature_pyramid_network.py, LastLevelMaxPool and LastLevelP6P7
 */
export function extraLevels(
  names: readonly Level[],
  extra: ExtraLevels,
  channels: number,
): Block<Coarsest, readonly Tensor4D[]> {
  // A pool of one cell is a choice: torchvision calls it max-pooling all the same.
  if (extra === 'pool') return block({}, ({ level }: Coarsest) => [maxPool<Tensor4D>(level, 1, 2, 'valid')]);
  const halve = () => conv({ filters: channels, kernel: 3, stride: 2, padding: 'symmetric', initial: glorotUniform });
  const [first, second] = [halve(), halve()];
  const [nearer = 'P6', farther = 'P7'] = names;
  return block({ [nearer]: first, [farther]: second }, ({ stage, level }: Coarsest, pass) => {
    const one = first(extra === 'convStage' ? stage : level, pass);
    return [one, second(relu(one), pass)];
  });
}
