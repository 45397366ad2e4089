import { conv2d, depthwiseConv2d, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block, factsOf, type Parts } from '../core/block.ts';
import { glorotUniform, heDepthwise, heFanOut, type Initializer } from '../core/initializers.ts';
import { type Weight, weight } from '../core/weight.ts';
import { biasAdd } from '../ops/biasAdd.ts';
import { type Activation, activate } from './activation.ts';
import { type BatchNormOptions, batchNorm } from './batchNorm.ts';
import { type Padding, pad } from './padding.ts';

/** Channels to make: a number, or a rule from the channels of the input. */
export type Filters = number | ((channels: number) => number);

/** What every convolution has in common. */
export interface ConvolutionOptions {
  /** Pixels from one output to the next. Default 1. */
  readonly stride?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  /** Whether a number is added to each channel. Default: where no batch norm follows. */
  readonly bias?: boolean;
  /** A batch norm that follows. Default none. */
  readonly norm?: BatchNormOptions;
  /** What follows at the end. Default `linear`. */
  readonly activation?: Activation;
}

export interface ConvOptions extends ConvolutionOptions {
  /** Channels of the output. */
  readonly filters: Filters;
  /** Side of the filter, pixels. Default 1. */
  readonly kernel?: number;
  /** First numbers of the filter. Default N(0, sqrt(2 / (k * k * c_out))). */
  readonly initial?: Initializer;
  /** First numbers of the bias. Default zeros. */
  readonly initialBias?: Initializer;
}

/** Bias, batch norm, activation: what follows the product, and the parts that it needs. */
function ending(
  { norm, activation = 'linear', bias = norm === undefined }: ConvolutionOptions,
  initialBias?: Initializer,
) {
  const added: Weight | undefined = bias ? weight(initialBias ? { initial: initialBias } : {}) : undefined;
  const normalized = norm && batchNorm({ activation, ...norm });
  const parts: Parts = { bias: added, norm: normalized };
  const end: Block = block({}, (x: Tensor4D, pass) => {
    const y = added ? biasAdd(x, added.as([x.shape[3]])) : x;
    return normalized ? normalized(y, pass) : activate(y, activation);
  });
  return { parts, end };
}

/** A map, and the channels that it shall have, which only the caller knows. */
export interface MapTo {
  readonly x: Tensor4D;
  readonly channels: number;
}

/** As `conv`, to as many channels as each call asks for, the same at every call. */
export function convTo(options: Omit<ConvOptions, 'filters'> = {}): Block<MapTo> {
  const { kernel: side = 1, stride = 1, padding = 'same', initial = heFanOut, initialBias } = options;
  const kernel = weight({ initial });
  const { parts, end } = ending(options, initialBias);
  return block({ kernel, ...parts }, ({ x, channels }: MapTo, pass) => {
    const w = kernel.as([side, side, x.shape[3], channels]);
    return end(conv2d(x, w, stride, pad(padding, { kernel: side, stride })), pass);
  });
}

/** Convolution, then bias, batch norm and activation where asked for. [b, h, w, c] -> [b, h / stride, w / stride, filters]. */
export function conv({ filters, ...options }: ConvOptions): Block {
  const to = convTo(options);
  return block(factsOf(to).parts, (x: Tensor4D, pass) => {
    const channels = typeof filters === 'number' ? filters : filters(x.shape[3]);
    return to({ x, channels }, pass); // [b, h / stride, w / stride, filters]
  });
}

export interface DepthwiseConvOptions extends ConvolutionOptions {
  /** Side of the filter, pixels. */
  readonly kernel: number;
  /** First numbers of the filter. Default N(0, sqrt(2 / (k * k))). */
  readonly initial?: Initializer;
}

/** One filter a channel, then bias, batch norm and activation where asked for. [b, h, w, c] -> [b, h / stride, w / stride, c]. */
export function depthwiseConv(options: DepthwiseConvOptions): Block {
  const { kernel: side, stride = 1, padding = 'same', initial = heDepthwise } = options;
  const kernel = weight({ initial });
  const { parts, end } = ending(options);
  return block({ kernel, ...parts }, (x: Tensor4D, pass) => {
    const w = kernel.as([side, side, x.shape[3], 1]);
    return end(depthwiseConv2d(x, w, stride, pad(padding, { kernel: side, stride })), pass);
  });
}

export interface SeparableConvOptions extends ConvolutionOptions {
  /** Channels of the output. */
  readonly filters: Filters;
  /** Side of the depthwise filter, pixels. Default 3. */
  readonly kernel?: number;
  /** First numbers of the bias. Default zeros. */
  readonly initialBias?: Initializer;
}

/**
 * A depthwise filter without bias, then a pointwise one that has the bias, batch norm and activation.
 * [b, h, w, c] -> [b, h / stride, w / stride, filters].
 *
 * @see Howard et al., MobileNets, 2017
 */
export function separableConv({ kernel = 3, stride = 1, padding = 'same', ...rest }: SeparableConvOptions): Block {
  const depthwise = depthwiseConv({ kernel, stride, padding, bias: false, initial: glorotUniform });
  const pointwise = conv({ initial: glorotUniform, ...rest });
  return block({ depthwise, pointwise }, (x: Tensor4D, pass) => pointwise(depthwise(x, pass), pass));
}
