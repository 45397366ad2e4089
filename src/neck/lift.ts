import type { BatchNormOptions } from '../block/batchNorm.ts';
import { conv } from '../block/conv.ts';
import { block } from '../core/block.ts';
import { type Adapter, type Level, type Maps, mapLevels } from '../core/levels.ts';

export interface LiftOptions<L extends Level> {
  /** Levels to lift; others are left out. */
  readonly levels: readonly L[];
  /** Channels of every map. */
  readonly channels: number;
  /** Side of the filter: 3 as in the study, 1 as the lighter form. Default 3. */
  readonly kernel?: 1 | 3;
  /** Epsilon and momentum of its batch norms. */
  readonly norm?: BatchNormOptions;
}

/** Lifts narrow maps to as many channels as a head likes: a convolution with bias and a batch norm for each level. */
export function lift<const L extends Level>({ levels, channels, kernel = 3, norm = {} }: LiftOptions<L>): Adapter<L> {
  const lifts = mapLevels(levels, () => conv({ filters: channels, kernel, bias: true, norm }));
  const run = block(
    lifts,
    (maps: Maps<L>, pass): Maps<L> => mapLevels(levels, (level) => lifts[level](maps[level], pass)),
  );
  return Object.assign(run, { needs: levels, levels });
}
