import { jitterAugmentation, ssdAugmentation } from '../data/augmentSteps.ts';
import { efficientDetMatch } from '../detection/efficientDetRules.ts';
import type { Recipe } from './recipe.ts';

// Biases and scales are not decayed here; torchvision decays them too.

/** SSD's on COCO, from VGG-16's weights; for `ssd300` and `ssd512`. @see torchvision, references/detection/README.md, SSD300 VGG16 */
export const ssdRecipe = {
  name: 'ssd',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 5e-4 },
  schedule: { name: 'multiStep', rate: 2e-3, at: [80 / 120, 110 / 120], warmUp: { steps: 1000, from: 2e-6 } },
  batch: 32,
  epochs: 120,
  augment: ssdAugmentation,
  fit: { fit: 'stretch', method: 'bilinear' },
} as const satisfies Recipe;

/** RetinaNet's on COCO; for `retinaNet`, which brings its loss. @see torchvision, references/detection/README.md, RetinaNet */
export const retinaNetRecipe = {
  name: 'retinaNet',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
  schedule: { name: 'multiStep', rate: 1e-2, at: [16 / 26, 22 / 26], warmUp: { steps: 1000, from: 1e-5 } },
  batch: 16,
  epochs: 26,
  augment: [{ name: 'flip' }],
  fit: { method: 'bilinear' },
} as const satisfies Recipe;

/**
 * EfficientDet's on COCO; the rate is for a batch of 64, and grows in proportion to it.
 *
 * @see automl/efficientdet, hparams_config.py
 */
export const efficientDetRecipe = {
  name: 'efficientDet',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 4e-5 },
  // The paper's warm-up is an epoch of COCO. Its cosine counts steps otherwise, by one part in 300.
  schedule: { name: 'cosine', rate: 0.08, warmUp: { steps: 1875, from: 0.008 } },
  ema: { decay: 0.9998, warmUp: { name: 'count' } },
  loss: { name: 'efficientDet' },
  match: efficientDetMatch,
  clip: { name: 'norm', most: 10 },
  clipNorm: 10,
  batch: 64,
  epochs: 300, // D7 and D7x: 600
  augment: [{ name: 'flip' }, { name: 'scaleJitter', scale: [0.1, 2] }],
  fit: { method: 'bilinear' },
} as const satisfies Recipe;

/**
 * For an EfficientDet on a few hundred photographs of people, its backbone from weights of ImageNet, in minutes on a CPU:
 * stem and first stages stay as they are, the backbone learns a third as fast, over stored statistics.
 */
export const peopleRecipe = {
  name: 'people',
  optimizer: { name: 'adamW', weightDecay: 1e-4 },
  schedule: { name: 'cosine', rate: 3e-3, warmUp: 30 },
  groups: [
    { at: 'backbone', rate: 0.333, statistics: 'stored' },
    { at: 'backbone/stem', trainable: false },
    { at: 'backbone/stage1', trainable: false },
    { at: 'backbone/stage2', trainable: false },
  ],
  loss: { name: 'efficientDet' },
  match: efficientDetMatch,
  clipNorm: 10,
  batch: 4,
  epochs: 16,
  augment: jitterAugmentation,
  fit: { method: 'bilinear' },
  cut: { cut: 'background', leastSeen: 0.3, leastSide: 4 },
} as const satisfies Recipe;

/**
 * `peopleRecipe` for three times as long, judged by averages of the weights: four photographs in one for a part of the run,
 * sizes and colours of a wider range, no pixels skipped where photographs shrink, and a loss of overlaps besides.
 */
export const peopleLongRecipe = {
  ...peopleRecipe,
  name: 'peopleLong',
  ema: { decay: 0.998, warmUp: { name: 'count' } },
  loss: { name: 'efficientDet', overlap: { name: 'generalized', weight: 5 } },
  epochs: 48,
  augment: [
    { name: 'mosaic', probability: 0.4, until: 0.8 },
    { name: 'scaleJitter', scale: [0.5, 2] },
    { name: 'flip' },
    { name: 'photometric' },
  ],
  fit: { method: 'antialias' },
} as const satisfies Recipe;
