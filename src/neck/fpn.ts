import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv, convTo } from '../block/conv.ts';
import { transposedTo, upsample } from '../block/upsample.ts';
import { type Block, block, factsOf } from '../core/block.ts';
import { glorotUniform } from '../core/initializers.ts';
import { type Maps, mapLevels, type Neck, rank, type Stage } from '../core/levels.ts';
import { resizeBilinear } from '../ops/resizeBilinear.ts';
import { upsampleNearest } from '../ops/upsampleNearest.ts';
import { type Coarser, type ExtraLevels, extraLevels, extraNames } from './fpnExtra.ts';
import { type LevelOf, levelOf, toLevels } from './select.ts';
import { type Raise, topDown } from './topDown.ts';

export interface FpnOptions<S extends Stage> {
  /** Stages to join, finest first; each is about half as large as the one before. */
  readonly stages: readonly S[];
  /**
   * A number: each stage gets a 1x1 convolution to so many channels and each level a 3x3, as in the paper.
   * `stage`: each level keeps the channels of its stage; what comes from above is brought to them by 1x1 and batch norm.
   */
  readonly channels: number | 'stage';
  /** How a coarse map becomes as large as the next finer one; `transposed` can only double it. Default `nearest`. */
  readonly upsample?: 'nearest' | 'bilinear' | 'transposed';
  /** How the two become one. Default `sum`. */
  readonly fuse?: 'sum' | 'fast' | 'softmax';
  /** Epsilon and momentum of the batch norms that channels `stage` brings. */
  readonly norm?: BatchNormOptions;
}

/** The paper's pyramid with levels beyond the last stage. */
export interface ExtendedFpnOptions<S extends Stage, E extends ExtraLevels> extends FpnOptions<S> {
  readonly channels: number;
  /**
   * One level more, every second pixel of the coarsest (`pool`), or two, by convolutions of the coarsest stage (`convStage`)
   * or level (`convLevel`).
   */
  readonly extra: E;
}

/** The levels of stages that follow each other, and those beyond: P3 to P7 of C3, C4, C5. */
export type ExtendedLevels<S extends Stage, E extends ExtraLevels> =
  | LevelOf<S>
  | Coarser<LevelOf<S>>
  | (E extends 'pool' ? never : Coarser<Coarser<LevelOf<S>>>);

/**
 * A feature pyramid: what the coarse maps know is added to the fine ones. C maps -> P maps of the same sizes, and beyond.
 *
 * With channels `stage` and `transposed`, one transposed convolution does the work of the 1x1 and of the interpolation.
 * A coarse map is brought to the very size of the finer one, so that any input does.
 *
 * @throws RangeError where a coarser map doubled by `transposed` is not the size of the finer one, or stages with `extra`
 *   do not follow each other
 * @see Lin et al., Feature Pyramid Networks, 2017; torchvision, feature_pyramid_network.py
 */
export function fpn<const S extends Stage, const E extends ExtraLevels>(
  options: ExtendedFpnOptions<S, E>,
): Neck<S, ExtendedLevels<S, E>>;
export function fpn<const S extends Stage>(options: FpnOptions<S>): Neck<S, LevelOf<S>>;
export function fpn<S extends Stage>(
  options: FpnOptions<S> | ExtendedFpnOptions<S, ExtraLevels>,
): Neck<S, LevelOf<S>> | Neck<S, ExtendedLevels<S, ExtraLevels>> {
  const { stages, channels } = options;
  const levels = stages.map(levelOf);
  if (channels === 'stage') return Object.assign(stageChannels(options), { needs: stages, levels });
  const run = equalChannels(options, channels);
  if (!('extra' in options)) return Object.assign(run, { needs: stages, levels });
  return extendedBy(options.extra, run, { stages, channels });
}

/** A pyramid and what is beyond it. */
function extendedBy<S extends Stage, E extends ExtraLevels>(
  extra: E,
  pyramid: Block<Maps<S>, Maps<LevelOf<S>>>,
  { stages, channels }: Pick<ExtendedFpnOptions<S, E>, 'stages' | 'channels'>,
): Neck<S, ExtendedLevels<S, E>> {
  const last = stages.at(-1);
  if (last === undefined || stages.some((stage, i) => rank(stage) !== rank(last) + 1 - stages.length + i))
    throw new RangeError(
      `fpn: stages are ${stages.join(', ') || 'none'}; with extra levels they must follow each other`,
    );
  const coarsest: LevelOf<S> = levelOf(last);
  const names = extraNames(coarsest, extra);
  const beyond = extraLevels(names, extra, channels);
  const run = block({ ...factsOf(pyramid).parts, extra: beyond }, (maps: Maps<S>, pass) => {
    const joined = pyramid(maps, pass);
    const added = beyond({ stage: maps[last], level: joined[coarsest] }, pass);
    // What is named here is what the type says of stages that follow each other.
    return { ...joined, ...Object.fromEntries(names.map((name, i) => [name, added[i]])) } as Maps<ExtendedLevels<S, E>>;
  });
  const levels = [...stages.map(levelOf), ...names] as ExtendedLevels<S, E>[];
  return Object.assign(run, { needs: stages, levels });
}

/** The paper's. */
function equalChannels<S extends Stage>(options: FpnOptions<S>, channels: number): Block<Maps<S>, Maps<LevelOf<S>>> {
  const { stages, upsample: method = 'nearest', fuse = 'sum' } = options;
  const lateral = mapLevels(stages, () => conv({ filters: channels, initial: glorotUniform }));
  const output = mapLevels(stages, () => conv({ filters: channels, kernel: 3, initial: glorotUniform }));
  const raise = (): Block<Raise> => {
    if (method !== 'transposed') return resized(method);
    const up = upsample({ method, filters: channels });
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
    const up = resized(method);
    return block({ reduce, up }, ({ coarse, fine }: Raise, pass) =>
      up({ coarse: reduce({ x: coarse, channels: fine.shape[3] }, pass), fine }, pass),
    );
  };
  const down = topDown({ stages, raise: method === 'transposed' ? learned : interpolated(method), fuse });
  return block({ topDown: down }, (maps: Maps<S>, pass) => toLevels(down(maps, pass), stages));
}

/** Brings a coarse map to the sides of the finer one. */
const resized = (method: 'nearest' | 'bilinear'): Block<Raise> =>
  block({}, ({ coarse, fine: { shape } }: Raise) =>
    (method === 'nearest' ? upsampleNearest : resizeBilinear)(coarse, [shape[1], shape[2]]),
  );
