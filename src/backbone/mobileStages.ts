import type { Activation } from '../block/activation.ts';
import { fusedMbConv } from '../block/fusedMbConv.ts';
import { mbConv } from '../block/mbConv.ts';
import type { Variant } from '../core/levels.ts';
import type { BuiltStage } from './staged.ts';

/** A row of a table of stages: the first block has the stride and the new channels. */
export interface StageRow {
  readonly repeats: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly filters: number;
  /** Default `mbConv`. */
  readonly block?: 'mbConv' | 'fusedMbConv';
}

export interface MobileStagesOptions extends Pick<Variant, 'norm' | 'padding'> {
  /** Of the block behind the last; the i-th of n blocks has i / n of it. */
  readonly dropConnect: number;
  readonly activation?: Activation;
  /** Of MBConv. Default 0.25. */
  readonly squeeze?: number;
}

/** Stages of inverted residual blocks, drop connect growing from block to block. @see automl/efficientdet, efficientnet_model.py */
export function mobileStages(rows: readonly StageRow[], options: MobileStagesOptions): BuiltStage[] {
  const { dropConnect, squeeze = 0.25, ...same } = options;
  const total = rows.reduce((sum, { repeats }) => sum + repeats, 0);
  let index = 0; // of the block in the whole network
  return rows.map(({ repeats, stride, block = 'mbConv', ...row }) => {
    const blocks = Array.from({ length: repeats }, (_, i) => {
      const one = {
        ...same,
        kernel: row.kernel,
        expand: row.expand,
        filters: row.filters,
        stride: i === 0 ? stride : 1,
        dropConnect: (dropConnect * index++) / total,
      };
      return block === 'fusedMbConv' ? fusedMbConv(one) : mbConv({ ...one, squeeze });
    });
    return { blocks, stride, channels: row.filters };
  });
}
