import type { Tensor4D } from '@tensorflow/tfjs-core';
import { imagenet } from '../backbone/standardization.ts';
import { standardize as standardizeBlock } from '../block/standardize.ts';
import { type Block, block } from '../core/block.ts';
import {
  type Backbone,
  type Head,
  type Level,
  type Maps,
  mapLevels,
  type Neck,
  type Predictions,
  type Stage,
  type Standardization,
} from '../core/levels.ts';
import { settle } from '../core/model.ts';
import { inference, type Pass } from '../core/pass.ts';
import { anchors } from '../detection/anchors.ts';
import { resizeBilinear } from '../ops/resizeBilinear.ts';
import { complete } from '../tfjs/abstract.ts';

export interface DetectorOptions<S extends Stage, L extends Level> {
  /** Makes the stages. Built only as deep as the neck reads. */
  readonly backbone: Backbone<S>;
  /** Turns stages into levels. Reads only stages that the backbone makes. */
  readonly neck: Neck<NoInfer<S>, L>;
  /** Reads only levels that the neck makes. */
  readonly head: Head<NoInfer<L>>;
  /** Height and width of the images, pixels; boxes and anchors live in these. */
  readonly inputSize: readonly [height: number, width: number];
  /** What is done to the pixels first. Default what the backbone wants; ImageNet's statistics where it does not say. */
  readonly standardize?: Standardization;
  /** Height and width that the model itself resizes its input to, bilinear. Default: it does not. */
  readonly resize?: readonly [height: number, width: number];
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
}

/** A map that a head reads, cells. */
export interface MapSize<L extends Level> {
  readonly level: L;
  readonly height: number;
  readonly width: number;
}

/** A detector: RGB images in 0-255, [b, h, w, 3] -> boxes [b, n, 4], logits [b, n, classes]. */
export interface Detector<S extends Stage, L extends Level> extends Block<Tensor4D, Predictions> {
  readonly inputSize: readonly [height: number, width: number];
  readonly standardization: Standardization;
  /** Height and width that it resizes its input to; absent where it does not. */
  readonly resize?: readonly [height: number, width: number];
  readonly backbone: Backbone<S>;
  readonly neck: Neck<S, L>;
  readonly head: Head<L>;
  /** Maps that the head reads, in its order. */
  readonly maps: readonly MapSize<L>[];
  /**
   * The maps that the head reads, by level: RGB images in 0-255, [b, h, w, 3] -> [b, h, w, c] each. `drawMaps` makes them
   * visible.
   */
  readonly pyramid: (images: Tensor4D, pass?: Pass) => Maps<L>;
  /** [n, 4], [y1, x1, y2, x2] in pixels of `inputSize`, in the order of the predictions. */
  readonly anchors: Float32Array;
  /** Names of the classes from 1 on; class 0 is the background. */
  readonly labels: readonly string[];
}

/**
 * Joins a backbone, a neck and a head. Complete when made: every weight has its shape and its name, and no number is
 * made before one is read.
 *
 * @throws RangeError where the maps of this input size do not fit each other
 */
export function detector<S extends Stage, L extends Level>(options: DetectorOptions<S, L>): Detector<S, L> {
  const { neck, head, inputSize, resize, seed = 0 } = options;
  const standardize = options.standardize ?? options.backbone.standardization ?? imagenet;
  const [height, width] = inputSize;
  for (const [side, pixels] of [
    ['height', height],
    ['width', width],
  ] as const)
    if (!(Number.isInteger(pixels) && pixels >= 1))
      throw new RangeError(`detector: the ${side} of inputSize is ${pixels}; it must be a whole number of pixels`);
  const backbone = options.backbone.until(neck.needs);
  const pixels = standardizeBlock(standardize);
  let sizes: readonly MapSize<L>[] | undefined; // of the first run, which is the one without numbers below

  const pyramid = (images: Tensor4D, pass: Pass = inference): Maps<L> => {
    const standard = pixels(images, pass);
    const made = neck(backbone(resize ? resizeBilinear(standard, resize) : standard, pass), pass);
    return mapLevels(head.needs, (level) => made[level]);
  };
  const run = block({ standardize: pixels, backbone, neck, head }, (images: Tensor4D, pass): Predictions => {
    const made = pyramid(images, pass);
    sizes ??= head.needs.map((level) => ({ level, height: made[level].shape[1], width: made[level].shape[2] }));
    return head(made, pass);
  });
  complete(run, [1, height, width, 3], { label: 'detector' });
  settle(run, seed);
  const maps = sizes ?? [];
  return Object.assign(run, {
    inputSize,
    standardization: standardize,
    ...(resize ? { resize } : {}),
    backbone,
    neck,
    head,
    maps,
    pyramid,
    anchors: anchors({ levels: head.anchors, maps, inputSize }),
    labels: head.labels,
  });
}
