import type { PaperStages } from '../backbone/efficientNetBody.ts';
import { tensorflow } from '../backbone/variant.ts';
import type { GivenVariant } from '../backbone/variantRule.ts';
import type { Activation } from '../block/activation.ts';
import type { Backbone, Standardization } from '../core/levels.ts';
import type { BifpnFusion } from '../neck/bifpnFuse.ts';
import { type Coarsest, type EfficientDet, type EfficientDetCommonOptions, efficientDet } from './efficientDet.ts';

export type EfficientDetSizeOptions = EfficientDetCommonOptions & {
  /** Pixels. Default the published size. */
  readonly inputSize?: readonly [height: number, width: number];
  /**
   * Whose weights. With padding `same` neck and head have the idle bias of TensorFlow's weights; with `symmetric` they are
   * those of effdet's own `efficientdet_*`. Default `tensorflow`.
   */
  readonly variant?: GivenVariant;
  /** What is done to the pixels first. Default what the variant says of the backbone. */
  readonly standardization?: Standardization;
  /** Share of the images whose residual the backbone's last block drops in training. Default the published one. */
  readonly dropConnect?: number;
};

/** A published size. */
export type EfficientDetSize<B extends Coarsest> = (options: EfficientDetSizeOptions) => EfficientDet<PaperStages, B>;

/** A row of a table of published sizes. */
export interface EfficientDetRow {
  /** Of the input, pixels. */
  readonly side: number;
  /** Of every level. */
  readonly channels: number;
  /** Of the BiFPN. */
  readonly cells: number;
  /** Layers of a tower of the head before the predicting one. */
  readonly repeats: number;
  /** Side of the first anchor, cells. */
  readonly scale: number;
  readonly fuse: BifpnFusion;
  /** Share of the images whose residual the backbone's last block drops in training. */
  readonly dropConnect: number;
}

type MakeBackbone = (
  options: Pick<EfficientDetSizeOptions, 'variant' | 'standardization' | 'dropConnect'>,
) => Backbone<PaperStages>;

/** The factory of a row. */
export function efficientDetSize<B extends Coarsest>(
  { side, scale, ...columns }: EfficientDetRow,
  { to, backbone: makeBackbone, activation }: { to: B; backbone: MakeBackbone; activation: Activation },
  options: EfficientDetSizeOptions,
): EfficientDet<PaperStages, B> {
  const { variant = tensorflow, dropConnect = columns.dropConnect, inputSize = [side, side] } = options;
  const { standardization } = options;
  if (variant.padding === 'valid')
    throw new RangeError("efficientDet: the variant's padding is valid, with which levels do not fit each other");
  return efficientDet({
    ...columns,
    ...options,
    to,
    backbone: makeBackbone({ variant, dropConnect, ...(standardization ? { standardization } : {}) }),
    inputSize,
    anchors: { scale, ...options.anchors },
    activation,
    bias: variant.padding === 'same',
    padding: variant.padding,
  });
}
