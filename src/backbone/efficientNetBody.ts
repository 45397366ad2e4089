import type { Activation } from '../block/activation.ts';
import { conv } from '../block/conv.ts';
import type { Backbone, Stage, Standardization } from '../core/levels.ts';
import { type ClassesOptions, type Classifier, classifier } from './classifier.ts';
import { mobileStages, type StageRow } from './mobileStages.ts';
import { stagedBackbone } from './staged.ts';
import { tensorflow } from './variant.ts';
import { type Architecture, type GivenVariant, variantFor } from './variantRule.ts';

/** Maps at strides 2 to 32. */
export type PaperStages = (typeof paperStages)[number];

/** Their names, from the finest. */
export const paperStages = ['C1', 'C2', 'C3', 'C4', 'C5'] as const;

/** What every EfficientNet has in common. */
export interface MobileOptions {
  /** Share of the images whose residual the last block drops in training; earlier blocks drop less, in proportion. Default 0.2. */
  readonly dropConnect?: number;
  /** Epsilon, momentum, padding and pixels, which belong to the weights: `timmTf`, `torchvision` .... Default `tensorflow`. */
  readonly variant?: GivenVariant;
  /** What is done to the pixels first. Default what the variant says of this model. */
  readonly standardization?: Standardization;
}

/** A published size, asked to classify. */
export type ClassifyingOptions = MobileOptions & ClassesOptions;

interface Body {
  readonly stem: number;
  readonly stages: readonly StageRow[];
  readonly activation?: Activation;
  readonly squeeze?: number;
  readonly architecture: Architecture | undefined;
}

/** A 3x3 stem of stride 2 and stages of inverted residual blocks. */
export function mobileBackbone<const S extends Stage>(
  names: readonly S[],
  taps: 'stage' | 'stride',
  { stem, stages, activation = 'swish', squeeze = 0.25, architecture }: Body,
  { dropConnect = 0.2, variant: given = tensorflow, standardization }: MobileOptions,
): Backbone<S> {
  const variant = variantFor(given, architecture, standardization);
  const { norm, padding } = variant;
  return stagedBackbone(
    names,
    {
      stem: conv({ filters: stem, kernel: 3, stride: 2, padding, norm, activation }),
      stemStride: 2,
      stages: mobileStages(stages, { dropConnect, squeeze, activation, norm, padding }),
      variant,
      architecture,
    },
    taps,
  );
}

/** What a table says of a size as a classifier. */
export interface Top {
  /** Channels of the 1x1 convolution before the mean. */
  readonly filters: number;
  /** Side of the input, pixels. */
  readonly resolution: number;
  readonly dropout: number;
  readonly activation?: Activation;
}

/** The backbone with its 1x1 head, the mean of the map, dropout and a last layer. */
export function mobileClassifier(
  backbone: Backbone<PaperStages>,
  { filters, resolution, dropout, activation = 'swish' }: Top,
  { classes, labels, inputSize = [resolution, resolution], seed, dropout: own = dropout }: ClassesOptions,
): Classifier<PaperStages> {
  const { norm } = backbone.variant ?? tensorflow;
  return classifier({
    backbone,
    reads: 'C5',
    head: conv({ filters, norm, activation }),
    classes,
    inputSize,
    dropout: own,
    ...(labels ? { labels } : {}),
    ...(seed === undefined ? {} : { seed }),
  });
}
