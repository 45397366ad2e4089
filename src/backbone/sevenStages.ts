import type { Activation } from '../block/activation.ts';
import type { Backbone } from '../core/levels.ts';
import type { Classifier } from './classifier.ts';
import {
  type ClassifyingOptions,
  type MobileOptions,
  mobileBackbone,
  type PaperStages,
  paperStages,
} from './efficientNetBody.ts';
import type { Architecture } from './variantRule.ts';

/** Stages of EfficientNet-B0. @see EfficientNet, table 1 */
export const b0Stages = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, filters: 16, ladderStride: 1 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, filters: 24, ladderStride: 2 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, filters: 40, ladderStride: 2 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, filters: 80, ladderStride: 2 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, filters: 112, ladderStride: 2 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, filters: 192, ladderStride: 2 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, filters: 320, ladderStride: 2 },
] as const;

export type AllStages = PaperStages | 'C6' | 'C7';

export interface EfficientNetVariantOptions extends MobileOptions {
  /** `paper`: 1, 2, 2, 2, 1, 2, 1. `ladder`: 1, then 2 at every stage, so that each stage is a level. Default `paper`. */
  readonly strides?: 'paper' | 'ladder';
  /** Which maps it gives: the last at each `stride`, or the last of each `stage`. Default `stride`. */
  readonly maps?: 'stride' | 'stage';
}

/** Options with which each of the seven stages gives a map. */
export type SevenStages = { readonly strides: 'ladder' } | { readonly maps: 'stage' };

/** A published size: called without options it has the paper's strides and gives C1..C5; with `classes` it classifies. */
export interface EfficientNetSize {
  (options: ClassifyingOptions): Classifier<PaperStages>;
  (options: EfficientNetVariantOptions & SevenStages): Backbone<AllStages>;
  (options?: EfficientNetVariantOptions & { strides?: 'paper'; maps?: 'stride' }): Backbone<PaperStages>;
}

interface Scaled {
  /** Channels of the stem. */
  readonly stem: number;
  readonly stages: readonly {
    readonly repeats: number;
    readonly kernel: number;
    readonly stride: number;
    readonly ladderStride: number;
    readonly expand: number;
    readonly filters: number;
  }[];
  readonly activation?: Activation;
  readonly squeeze?: number;
  readonly architecture: Architecture | undefined;
}

/** Seven stages of MBConv, with the strides and maps that are asked for. */
export function sevenStages(
  { strides = 'paper', maps = 'stride', ...options }: EfficientNetVariantOptions,
  scaled: Scaled,
): Backbone<AllStages> | Backbone<PaperStages> {
  const stages = scaled.stages.map(({ ladderStride, ...row }) =>
    strides === 'ladder' ? { ...row, stride: ladderStride } : row,
  );
  const body = { ...scaled, stages };
  return strides === 'ladder' || maps === 'stage'
    ? mobileBackbone(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'], 'stage', body, options)
    : mobileBackbone(paperStages, 'stride', body, options);
}
