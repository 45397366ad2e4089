import { add, fill, mul, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Pass } from '../core/pass.ts';
import type { Weight } from '../core/weight.ts';
import { batchNormStored } from '../ops/batchNormStored.ts';
import { batchNormTraining } from '../ops/batchNormTraining.ts';
import type { Layer } from './layerBlock.ts';

/** Weights of a batch norm by their names in tfjs-layers; without scale or center one is missing. */
export interface NormParts {
  readonly gamma?: Weight | undefined;
  readonly beta?: Weight | undefined;
  readonly moving_mean?: Weight | undefined;
  readonly moving_variance?: Weight | undefined;
}

/** Runs a batch norm over the last axis of x, [b, h, w, c] or [b, c]; undefined where x has another rank. */
export type ChannelNorm = (x: Tensor, parts: NormParts, pass: Pass) => Tensor | undefined;

/**
 * A BatchNormalization layer as our own op, whose gradient is lean, and exists without scale or center, where that of tfjs
 * throws. The statistics move by the layer's rule, the variance divided by the count. Undefined for any other layer, and
 * for one over another axis than the last.
 */
export function channelNorm(layer: Layer): ChannelNorm | undefined {
  if (layer.getClassName() !== 'BatchNormalization') return undefined;
  const { axis, epsilon, momentum } = layer.getConfig() as { axis: number; epsilon: number; momentum: number };
  return (x, { gamma, beta, moving_mean: mean, moving_variance: variance }, pass) => {
    const isLast = axis === -1 || axis === x.rank - 1;
    if (!isLast || (x.rank !== 2 && x.rank !== 4) || mean === undefined || variance === undefined) return undefined;
    const map = x as Tensor2D | Tensor4D;
    const shape: [number] = [x.shape.at(-1) ?? 0];
    const scale = gamma?.as(shape) ?? fill(shape, 1);
    const offset = beta?.as(shape) ?? fill(shape, 0);
    if (pass.statistics === 'stored')
      return batchNormStored(map, scale, offset, { mean: mean.as(shape), variance: variance.as(shape), epsilon });
    const ofBatch = batchNormTraining(map, scale, offset, { epsilon });
    const move = (statistic: Weight, value: Tensor1D) =>
      pass.update(statistic, add(mul(statistic.as(shape), momentum), mul(value, 1 - momentum)));
    move(mean, ofBatch.mean);
    move(variance, ofBatch.variance);
    return ofBatch.y;
  };
}
