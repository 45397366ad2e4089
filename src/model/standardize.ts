import { div, sub, type Tensor4D, tensor1d } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import type { Standardization } from '../core/levels.ts';

const of255 = (name: string, mean: readonly number[], deviation: readonly number[]): Standardization => {
  const [r = 0, g = 0, b = 0] = mean.map((x) => x * 255);
  const [sr = 1, sg = 1, sb = 1] = deviation.map((x) => x * 255);
  return { name, mean: [r, g, b], deviation: [sr, sg, sb] };
};

/** ImageNet's statistics. @see torchvision */
export const imagenet: Standardization = /* @__PURE__ */ of255(
  'imagenet',
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
);
/** KAIST's visible images. @see MLPD, src/config.py */
export const kaist: Standardization = /* @__PURE__ */ of255(
  'kaist',
  [0.3465, 0.3219, 0.2842],
  [0.2358, 0.2265, 0.2274],
);
/** Only scaled to 0-1: what the study's second rung ran by accident. */
export const unit: Standardization = /* @__PURE__ */ of255('unit', [0, 0, 0], [1, 1, 1]);

/** (x - mean) / deviation for each channel. RGB 0-255 [b, h, w, 3] -> [b, h, w, 3]. */
export const standardize = ({ mean, deviation }: Standardization): Block =>
  block({}, (image: Tensor4D) => div<Tensor4D>(sub(image, tensor1d([...mean])), tensor1d([...deviation])));
