import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv, convTo } from '../block/conv.ts';
import { transposedTo, upsample } from '../block/upsample.ts';
import { type Block, block } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Maps, mapLevels, type Neck, type Stage } from '../core/levels.ts';
import { type LevelOf, levelOf, toLevels } from './select.ts';
import { type Raise, topDown } from './topDown.ts';

export interface FpnOptions<S extends Stage> {
  /** Stages to join, finest first; each is half as large as the one before. */
  readonly stages: readonly S[];
  /**
   * A number: each stage gets a 1x1 convolution to so many channels and each level a 3x3, as in the paper.
   * `stage`: each level keeps the channels of its stage; what comes from above is brought to them by 1x1 and batch norm.
   */
  readonly channels: number | 'stage';
  /** How a coarse map becomes as large as the next finer one. Default `nearest`. */
  readonly upsample?: 'nearest' | 'bilinear' | 'transposed';
  /** How the two become one. Default `sum`. */
  readonly fuse?: 'sum' | 'fast' | 'softmax';
  /** Epsilon and momentum of the batch norms that channels `stage` brings. */
  readonly norm?: BatchNormOptions;
}

/**
 * A feature pyramid: what the coarse maps know is added to the fine ones. C maps -> P maps of the same sizes.
 *
 * With channels `stage` and `transposed`, one transposed convolution does the work of the 1x1 and of the interpolation.
 *
 * @throws RangeError where a coarser map doubled is not the size of the finer one
 * @see Lin et al., Feature Pyramid Networks, 2017; torchvision, feature_pyramid_network.py
 */
export function fpn<const S extends Stage>(options: FpnOptions<S>): Neck<S, LevelOf<S>> {
  const { stages, channels } = options;
  const run = channels === 'stage' ? stageChannels(options) : equalChannels(options, channels);
  return Object.assign(run, { needs: stages, levels: stages.map(levelOf) });
}

/** The paper's. */
function equalChannels<S extends Stage>(options: FpnOptions<S>, channels: number): Block<Maps<S>, Maps<LevelOf<S>>> {
  const { stages, upsample: method = 'nearest', fuse = 'sum' } = options;
  const lateral = mapLevels(stages, () => conv({ filters: channels, initial: glorotUniform }));
  const output = mapLevels(stages, () => conv({ filters: channels, kernel: 3, initial: glorotUniform }));
  const raise = (): Block<Raise> => {
    const up = method === 'transposed' ? upsample({ method, filters: channels }) : upsample({ method });
    return block({ up }, ({ coarse }: Raise, pass) => up(coarse, pass));
  };
  const down = topDown({ stages, raise, fuse });
  return block({ lateral, topDown: down, output }, (maps: Maps<S>, pass) => {
    const narrow = mapLevels(stages, (stage) => lateral[stage](maps[stage], pass));
    const joined = down(narrow, pass);
    return toLevels(
      mapLevels(stages, (stage) => output[stage](joined[stage], pass)),
      stages,
    );
  });
}

/** The study's. */
function stageChannels<S extends Stage>(options: FpnOptions<S>): Block<Maps<S>, Maps<LevelOf<S>>> {
  const { stages, upsample: method = 'nearest', fuse = 'sum', norm = {} } = options;
  const learned = (): Block<Raise> => {
    const up = transposedTo({ norm });
    return block({ up }, ({ coarse, fine }: Raise, pass) => up({ x: coarse, channels: fine.shape[3] }, pass));
  };
  const interpolated = (method: 'nearest' | 'bilinear') => (): Block<Raise> => {
    const reduce = convTo({ norm });
    const up = upsample({ method });
    return block({ reduce, up }, ({ coarse, fine }: Raise, pass) =>
      up(reduce({ x: coarse, channels: fine.shape[3] }, pass), pass),
    );
  };
  const down = topDown({ stages, raise: method === 'transposed' ? learned : interpolated(method), fuse });
  return block({ topDown: down }, (maps: Maps<S>, pass) => toLevels(down(maps, pass), stages));
}
