import type { Backbone, Level, Stage, Standardization } from '../core/levels.ts';
import type { AnchorLevel } from '../detection/anchors.ts';
import { type ClassNames, classNames } from '../detection/classNames.ts';
import type { Coder } from '../detection/coder.ts';
import { torchvisionFocal } from '../detection/focalLoss.ts';
import type { LossRule } from '../detection/lossRule.ts';
import type { MatchRule } from '../detection/match.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { retinaNetAnchors } from '../detection/retinaNetAnchors.ts';
import { retinaNetCoder, retinaNetMatch, torchvisionRetinaNet } from '../detection/torchvisionRules.ts';
import { retinaHead } from '../head/retinaHead.ts';
import { fpn } from '../neck/fpn.ts';
import { type Detector, detector } from './detector.ts';

/** P3 to P7. */
export type RetinaNetLevels = Extract<Level, 'P3' | 'P4' | 'P5' | 'P6' | 'P7'>;

/** What a RetinaNet is made of. */
export type RetinaNetOptions<S extends Stage> = ClassNames & {
  /** With C3, C4 and C5 at strides 8, 16 and 32: `efficientNetB0()`. */
  readonly backbone: Backbone<S | 'C3' | 'C4' | 'C5'>;
  /** Pixels; any sides will do. */
  readonly inputSize: readonly [height: number, width: number];
  /** Channels of every level. Default 256. */
  readonly channels?: number;
  /** What P6 is made of: P5 (`level`), or C5 (`stage`) as in the paper and in torchvision's second version. Default `level`. */
  readonly coarsestOf?: 'level' | 'stage';
  /** Layers of each half of the head before the predicting one. Default 4. */
  readonly repeats?: number;
  /** Anchors of P3 to P7. Default `retinaNetAnchors()`. */
  readonly anchors?: readonly AnchorLevel[];
  /** Whether the logits begin with a `column` that nothing needs but torchvision's weights have. Default `none`. */
  readonly background?: 'column' | 'none';
  /** What is done to the pixels first. Default what the backbone wants. */
  readonly standardize?: Standardization;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
};

/** A RetinaNet, how its predictions are to be read, and how it learns. */
export type RetinaNet<S extends Stage> = Detector<S, RetinaNetLevels> & {
  readonly coder: Coder;
  readonly rule: PostprocessRule;
  readonly loss: LossRule;
  readonly match: MatchRule;
};

/**
 * RetinaNet as torchvision builds it, over any backbone with C3, C4 and C5: a pyramid to P7 and towers that the levels share.
 * `train` takes torchvision's focal loss and matching for it.
 *
 * @throws RangeError for numbers that cannot be
 * @see Lin et al., Focal loss, 2017; torchvision, models/detection/retinanet.py, whose ResNet is none of ours
 */
export function retinaNet<S extends Stage>(options: RetinaNetOptions<S>): RetinaNet<S | 'C3' | 'C4' | 'C5'> {
  const { backbone, inputSize, channels = 256, coarsestOf = 'level', background = 'none', standardize, seed } = options;
  const { anchors = retinaNetAnchors(), repeats = 4 } = options;
  for (const [stage, stride] of [
    ['C3', 8],
    ['C4', 16],
    ['C5', 32],
  ] as const)
    if (backbone.features[stage].stride !== stride)
      throw new RangeError(
        `retinaNet: ${stage} of the backbone has stride ${backbone.features[stage].stride}; it must be ${stride}, as the anchors' sizes ask for`,
      );
  const extra = coarsestOf === 'level' ? 'convLevel' : 'convStage';
  const neck = fpn({ stages: ['C3', 'C4', 'C5'], channels, extra });
  const { levels } = neck;
  const head = retinaHead({ levels, anchors, labels: classNames('retinaNet', options), repeats, background });
  const made = detector({
    backbone,
    neck,
    head,
    inputSize,
    ...(standardize ? { standardize } : {}),
    ...(seed === undefined ? {} : { seed }),
  });
  const counts = made.maps.map(({ height, width }, l) => height * width * (anchors[l]?.shapes.length ?? 0));
  const rule: PostprocessRule = { ...torchvisionRetinaNet, background, levels: counts };
  const loss: LossRule = { name: 'focal', ...torchvisionFocal, background: background === 'column' ? 'no' : 'none' };
  return Object.assign(made, { coder: retinaNetCoder, rule, loss, match: retinaNetMatch });
}
