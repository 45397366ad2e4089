import { type Rank, reshape, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { dense } from '../block/dense.ts';
import { dropout } from '../block/dropout.ts';
import { standardize } from '../block/standardize.ts';
import { type Block, block } from '../core/block.ts';
import type { Initializer } from '../core/initializers.ts';
import type { Backbone, Stage, Standardization, Variant } from '../core/levels.ts';
import { settle } from '../core/model.ts';
import { spatialMean } from '../ops/spatialMean.ts';
import { complete } from '../tfjs/abstract.ts';

/** What a published size is asked for, to be a classifier. */
export interface ClassesOptions {
  /** How many classes; ImageNet has 1000. */
  readonly classes: number;
  /** Their names, in the order of the logits. */
  readonly labels?: readonly string[];
  /** Height and width of the images, pixels. Default the published resolution. */
  readonly inputSize?: readonly [height: number, width: number];
  /** Share of the last features that is dropped in training. Default the published one. */
  readonly dropout?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
}

export interface ClassifierOptions<S extends Stage> extends ClassesOptions {
  readonly backbone: Backbone<S>;
  /** The map that is classified. */
  readonly reads: NoInfer<S>;
  /** What comes between that map and the mean over its cells. */
  readonly head: Block;
  readonly inputSize: readonly [height: number, width: number];
  /** First numbers of the last matrix. */
  readonly initial?: Initializer;
}

/** A classifier: RGB images in 0-255, [b, h, w, 3] -> logits [b, classes], before softmax. */
export interface Classifier<S extends Stage> extends Block<Tensor4D, Tensor2D> {
  readonly backbone: Backbone<S>;
  readonly inputSize: readonly [height: number, width: number];
  readonly standardization: Standardization;
  readonly classes: number;
  /** Names of the classes, where they were given. */
  readonly labels?: readonly string[];
  /** The backbone's. */
  readonly variant?: Variant;
  /** The backbone's. */
  readonly architecture?: string;
}

/**
 * A backbone, a head, the mean over the cells, dropout, and a sum for each class. Complete when made: every weight has its
 * shape and its name, and no number is made before one is read.
 *
 * @throws RangeError for classes or a size that are no whole numbers, or labels of another number
 */
export function classifier<S extends Stage>(options: ClassifierOptions<S>): Classifier<S> {
  const { backbone, reads, head, classes, labels, inputSize, dropout: rate = 0, seed = 0, initial } = options;
  for (const [what, number] of [
    ['classes', classes],
    ['the height of inputSize', inputSize[0]],
    ['the width of inputSize', inputSize[1]],
  ] as const)
    if (!(Number.isInteger(number) && number >= 1))
      throw new RangeError(`classifier: ${what} is ${number}; it must be a whole number of at least 1`);
  if (labels !== undefined && labels.length !== classes)
    throw new RangeError(
      `classifier: there are ${classes} classes but ${labels.length} labels; give one label a class`,
    );
  const { standardization, variant, architecture } = backbone;
  if (standardization === undefined)
    throw new RangeError('classifier: the backbone does not say what is done to the pixels; give it a standardization');
  const pixels = standardize(standardization);
  const drop = dropout({ rate });
  const sums = dense({ units: classes, ...(initial ? { initial } : {}) });

  const run = block({ standardize: pixels, backbone, head, drop, classifier: sums }, (image: Tensor4D, pass) => {
    const top = head(backbone(pixels(image, pass), pass)[reads], pass);
    const mean = drop(spatialMean(top), pass); // [b, 1, 1, c]
    return sums(reshape<Rank.R2>(mean, [mean.shape[0], mean.shape[3]]), pass);
  });
  complete(run, [1, ...inputSize, 3], { label: 'classifier' });
  settle(run, seed);
  return Object.assign(run, {
    backbone,
    inputSize,
    standardization,
    classes,
    ...(labels ? { labels } : {}),
    ...(variant ? { variant } : {}),
    ...(architecture === undefined ? {} : { architecture }),
  });
}
