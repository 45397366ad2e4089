import type { Activation } from '../block/activation.ts';
import type { BatchNormOptions } from '../block/batchNorm.ts';
import type { Backbone, From, Stage, UpTo } from '../core/levels.ts';
import { type ClassNames, classNames } from '../detection/classNames.ts';
import type { Coder } from '../detection/coder.ts';
import { type EfficientDetAnchorOptions, efficientDetAnchors } from '../detection/efficientDetAnchors.ts';
import { effdetPostprocess, efficientDetCoder, efficientDetMatch } from '../detection/efficientDetRules.ts';
import type { LossRule } from '../detection/lossRule.ts';
import type { MatchRule } from '../detection/match.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { efficientDetHead } from '../head/efficientDetHead.ts';
import { bifpn } from '../neck/bifpn.ts';
import type { BifpnFusion } from '../neck/bifpnFuse.ts';
import { type Detector, detector } from './detector.ts';

/** What any EfficientDet can be asked for. */
export type EfficientDetCommonOptions = ClassNames & {
  /** Size, octaves and ratios of the anchors, where they are not the published ones. */
  readonly anchors?: Pick<EfficientDetAnchorOptions, 'scale' | 'octaves' | 'ratios'>;
  /** Epsilon and momentum of the batch norms in neck and head. Default 1e-3 and 0.99, whatever the backbone's. */
  readonly norm?: BatchNormOptions;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
};

/** The columns of EfficientDet's table, for a backbone of one's own. */
export type EfficientDetOptions<S extends Stage, B extends Coarsest> = EfficientDetCommonOptions & {
  /** With C3, C4 and C5 at strides 8, 16 and 32. */
  readonly backbone: Backbone<S | 'C3' | 'C4' | 'C5'>;
  /** Pixels. */
  readonly inputSize: readonly [height: number, width: number];
  /** Coarsest level. */
  readonly to: B;
  /** Of every level. */
  readonly channels: number;
  /** Of the BiFPN. */
  readonly cells: number;
  /** Layers of each tower of the head before the predicting one. */
  readonly repeats: number;
  /** How maps become one. Default `fast`. */
  readonly fuse?: BifpnFusion;
  /** In neck and head. Default `swish`. */
  readonly activation?: Activation;
  /** Whether convolutions keep an idle bias before a batch norm. Default true. */
  readonly bias?: boolean;
  /** How pools meet the edges. Default `same`. */
  readonly padding?: 'same' | 'symmetric';
};

/** P7, or P8 of D7x. */
export type Coarsest = 'P7' | 'P8';
/** P3 to the coarsest level. */
export type EfficientDetLevels<B extends Coarsest> = From['P3'] & UpTo[B];

/** A detector whose logits are of sigmoids, without a column for the background; and how its predictions are to be read. */
export interface EfficientDet<S extends Stage, B extends Coarsest> extends Detector<S, EfficientDetLevels<B>> {
  /** How its boxes are written relative to the anchors. */
  readonly coder: Coder;
  /** What is reported of its predictions. */
  readonly rule: PostprocessRule;
  /** What it is trained with where the recipe does not say. */
  readonly loss: LossRule;
  readonly match: MatchRule;
}

/**
 * A backbone, a BiFPN and EfficientDet's head: `detector({ backbone, neck: bifpn(...), head: efficientDetHead(...) })`.
 * Train it with `efficientDetLoss` and the rules `efficientDetMatch` and `efficientDetCoder`.
 *
 * @throws RangeError for numbers that cannot be
 * @see Tan et al., EfficientDet, 2020
 */
export function efficientDet<S extends Stage, const B extends Coarsest>(
  options: EfficientDetOptions<S, B>,
): EfficientDet<S | 'C3' | 'C4' | 'C5', B> {
  const { backbone, inputSize, to, channels, cells, repeats, seed } = options;
  const { fuse = 'fast', activation = 'swish', bias = true, padding = 'same', norm = {} } = options;
  for (const [stage, stride] of [
    ['C3', 8],
    ['C4', 16],
    ['C5', 32],
  ] as const)
    if (backbone.features[stage].stride !== stride)
      throw new RangeError(
        `efficientDet: ${stage} of the backbone has stride ${backbone.features[stage].stride}; it must be ${stride}, as the anchors' sizes ask for`,
      );
  const neck = bifpn<'P3', B>({ from: 'P3', to, channels, cells, fuse, activation, bias, padding, norm });
  const { levels } = neck;
  const anchors = efficientDetAnchors({ ...options.anchors, inputSize, levels });
  const labels = classNames('efficientDet', options);
  const head = efficientDetHead({ levels, anchors, labels, repeats, activation, bias, norm });
  const made = detector({ backbone, neck, head, inputSize, ...(seed === undefined ? {} : { seed }) });
  return Object.assign(made, {
    coder: efficientDetCoder,
    rule: effdetPostprocess,
    loss: { name: 'efficientDet' } as const,
    match: efficientDetMatch,
  });
}
