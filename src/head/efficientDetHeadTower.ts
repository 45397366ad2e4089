import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Activation } from '../block/activation.ts';
import { type BatchNormOptions, batchNorm } from '../block/batchNorm.ts';
import { conv, depthwiseConv, type Filters } from '../block/conv.ts';
import { type Block, block } from '../core/block.ts';
import { type Initializer, normal } from '../core/initializers.ts';
import { type Level, type Maps, mapLevels } from '../core/levels.ts';

export interface EfficientDetTowerOptions<L extends Level> {
  readonly levels: readonly L[];
  /** Layers before the predicting one. */
  readonly repeats: number;
  /** Channels of the predicting one. */
  readonly filters: number;
  readonly activation: Activation;
  /** Whether the layers before it have a bias; it has one always. */
  readonly bias: boolean;
  /** First numbers of its bias. Default zeros. */
  readonly initialBias?: Initializer;
  readonly norm: BatchNormOptions;
}

/**
 * Separable 3x3 convolutions that all levels share, between them a batch norm for each level and layer, then the activation;
 * the last one predicts. Maps [b, h, w, c] -> maps [b, h, w, filters].
 */
export function efficientDetTower<L extends Level>(options: EfficientDetTowerOptions<L>): Block<Maps<L>, Maps<L>> {
  const { levels, repeats, filters, activation, bias, initialBias, norm } = options;
  const layers = Array.from({ length: repeats }, () => ({
    conv: separable({ filters: (channels) => channels, bias }),
    norm: mapLevels(levels, () => batchNorm({ ...norm, activation })),
  }));
  const predict = separable({ filters, bias: true, ...(initialBias ? { initialBias } : {}) });
  return block({ repeats: layers, predict }, (maps: Maps<L>, pass) =>
    mapLevels(levels, (level) => {
      const refined = layers.reduce((x, { conv, norm }) => norm[level](conv(x, pass), pass), maps[level]);
      return predict(refined, pass);
    }),
  );
}

interface SeparableOptions {
  readonly filters: Filters;
  readonly bias: boolean;
  readonly initialBias?: Initializer;
}

/** A depthwise 3x3, then a pointwise layer; of first numbers that keep the variance of what they read. */
function separable(options: SeparableOptions): Block {
  const depthwise = depthwiseConv({ kernel: 3, bias: false, initial: depthwiseNormal });
  const pointwise = conv({ ...options, initial: pointwiseNormal });
  return block({ depthwise, pointwise }, (x: Tensor4D, pass) => pointwise(depthwise(x, pass), pass));
}

/** N(0, sqrt(1 / fan_in)). @see effdet, efficientdet.py, _variance_scaling */
const fanInNormal =
  (fanIn: (shape: readonly number[]) => number): Initializer =>
  (shape, random) =>
    normal(1 / Math.sqrt(fanIn(shape)))(shape, random);
const depthwiseNormal = fanInNormal(([height = 1, width = 1]) => height * width);
const pointwiseNormal = fanInNormal(([, , channels = 1]) => channels);
