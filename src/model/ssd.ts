import { type Ssd300Stages, type Ssd512Stages, ssdVgg16 } from '../backbone/ssdVgg16.ts';
import type { Standardization, Variant } from '../core/levels.ts';
import { type ClassNames, classNames } from '../detection/classNames.ts';
import { type Coder, ssdCoder } from '../detection/coder.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { ssd300Anchors, ssd512Anchors } from '../detection/ssdAnchors.ts';
import { torchvisionSsd } from '../detection/torchvisionRules.ts';
import { ssdHead } from '../head/ssdHead.ts';
import { type LevelOf, select } from '../neck/select.ts';
import { type Detector, detector } from './detector.ts';

/** Published sizes. @see Liu et al., SSD, 2016, section 3; caffe/ssd, ssd_pascal.py, ssd_pascal_512.py */
export const ssdRows = [
  { name: 'SSD300', side: 300, maps: [38, 19, 10, 5, 3, 1], anchors: 8_732 },
  { name: 'SSD512', side: 512, maps: [64, 32, 16, 8, 4, 2, 1], anchors: 24_564 },
] as const;

/** What an SSD can be asked for. */
export type SsdOptions = ClassNames & {
  /** Whose objects its anchors are made for: COCO's, which are smaller too, or VOC's. Default `coco`. */
  readonly data?: 'coco' | 'voc';
  /** Whose weights: `torchvision`, which has SSD300 only. Default the paper's. */
  readonly variant?: Variant;
  /** What is done to the pixels first. Default what the variant wants. */
  readonly standardize?: Standardization;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
};

/** An SSD, and how its predictions are to be read. */
export type Ssd<S extends Ssd512Stages> = Detector<S, LevelOf<S>> & {
  readonly coder: Coder;
  readonly rule: PostprocessRule;
};

/**
 * SSD300 over VGG-16: 300 x 300 pixels -> 8,732 boxes. `ssd300({ classes: 90, variant: torchvision })` is torchvision's
 * `ssd300_vgg16`. To train it well, start from VGG-16's weights.
 *
 * @throws RangeError for classes or a variant that cannot be
 * @see Liu et al., SSD, 2016
 */
export function ssd300(options: SsdOptions): Ssd<Ssd300Stages> {
  const { data = 'coco', variant } = options;
  const backbone = ssdVgg16({ layers: 300, ...(variant ? { variant } : {}) });
  const neck = select({ stages: ['C3', 'C4', 'C5', 'C6', 'C7', 'C8'] });
  const { levels } = neck;
  // The paper's code has clip: false; torchvision cuts sides to the image.
  const anchors = ssd300Anchors({ data, largest: variant ? 'input' : 'any' });
  const head = ssdHead({ levels, anchors, labels: classNames('ssd300', options) });
  return read(detector({ backbone, neck, head, inputSize: [300, 300], ...common(options) }));
}

/**
 * SSD512 over VGG-16: 512 x 512 pixels -> 24,564 boxes.
 *
 * @throws RangeError for classes or a variant that cannot be
 * @see Liu et al., SSD, 2016; mmdetection, configs/ssd/ssd512_coco.py
 */
export function ssd512(options: SsdOptions): Ssd<Ssd512Stages> {
  const { data = 'coco', variant } = options;
  const backbone = ssdVgg16({ layers: 512, ...(variant ? { variant } : {}) });
  const neck = select({ stages: ['C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9'] });
  const { levels } = neck;
  const anchors = ssd512Anchors({ data, largest: 'any' });
  const head = ssdHead({ levels, anchors, labels: classNames('ssd512', options) });
  return read(detector({ backbone, neck, head, inputSize: [512, 512], ...common(options) }));
}

const common = ({ standardize, seed }: SsdOptions) => ({
  ...(standardize ? { standardize } : {}),
  ...(seed === undefined ? {} : { seed }),
});

const read = <D extends object>(made: D): D & { readonly coder: Coder; readonly rule: PostprocessRule } =>
  Object.assign(made, { coder: ssdCoder, rule: torchvisionSsd });
