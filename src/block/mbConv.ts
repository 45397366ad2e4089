import { add, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block } from '../core/block.ts';
import type { Activation } from './activation.ts';
import type { BatchNormOptions } from './batchNorm.ts';
import { conv, depthwiseConv } from './conv.ts';
import { dropConnect } from './dropConnect.ts';
import type { Padding } from './padding.ts';
import { squeezeExcite } from './squeezeExcite.ts';

export interface MBConvOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Side of the depthwise filter, pixels. Default 3. */
  readonly kernel?: number;
  /** Pixels from one output to the next. Default 1. */
  readonly stride?: number;
  /** How many times wider the middle is than the input; 1 leaves the expansion out. Default 6. */
  readonly expand?: number;
  /** Width of squeeze and excitation as a share of the input's channels; 0 leaves it out. Default 0.25. */
  readonly squeeze?: number;
  /** Share of the images whose residual is dropped in training. Default 0. */
  readonly dropConnect?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  /** After expansion and depthwise filter, and within squeeze and excitation. Default `swish`. */
  readonly activation?: Activation;
  /** Epsilon and momentum of its batch norms. */
  readonly norm?: BatchNormOptions;
}

/**
 * The inverted residual block: expand, filter by channel, weigh the channels, project; the input is added where
 * stride and channels allow. [b, h, w, c] -> [b, h / stride, w / stride, filters].
 *
 * @see Tan and Le, EfficientNet, 2019; Sandler et al., MobileNetV2, 2018
 */
export function mbConv(options: MBConvOptions): Block {
  const { filters, kernel = 3, stride = 1, expand: factor = 6, squeeze: ratio = 0.25, padding = 'same' } = options;
  const { activation = 'swish', norm = {} } = options;
  const expand = factor > 1 ? conv({ filters: (channels) => channels * factor, norm, activation }) : undefined;
  const depthwise = depthwiseConv({ kernel, stride, padding, norm, activation });
  // Of the narrow input, as in the paper's code: the middle's channels over the factor.
  const narrow = (channels: number) => Math.max(1, Math.floor((channels / factor) * ratio));
  const squeeze = ratio > 0 ? squeezeExcite({ filters: narrow, activation }) : undefined;
  const project = conv({ filters, norm });
  const drop = dropConnect({ rate: options.dropConnect ?? 0 });

  return block({ expand, depthwise, squeeze, project, drop }, (x: Tensor4D, pass) => {
    const wide = expand ? expand(x, pass) : x; // [b, h, w, c * expand]
    const filtered = depthwise(wide, pass); // [b, h / stride, w / stride, c * expand]
    const weighed = squeeze ? squeeze(filtered, pass) : filtered;
    const narrowed = project(weighed, pass); // [b, h / stride, w / stride, filters]
    return stride === 1 && x.shape[3] === filters ? add<Tensor4D>(drop(narrowed, pass), x) : narrowed;
  });
}
