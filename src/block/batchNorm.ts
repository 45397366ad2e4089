import { add, mul, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Block, block, factsOf } from '../core/block.ts';
import { ones } from '../core/initializers.ts';
import { type Weight, weight } from '../core/weight.ts';
import { batchNormStored } from '../ops/batchNormStored.ts';
import { batchNormTraining } from '../ops/batchNormTraining.ts';
import type { Activation } from './activation.ts';

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-3, as TensorFlow's EfficientNets have it. */
  readonly epsilon?: number;
  /** How much of a running statistic stays at each step. Default 0.99; PyTorch's momentum is 1 minus this. */
  readonly momentum?: number;
  /** What follows. Default `linear`. */
  readonly activation?: Activation;
}

/**
 * Normalises each channel, scales, shifts and activates. [b, h, w, c] -> [b, h, w, c].
 *
 * Over the batch's own statistics when the pass says so and the block is not frozen: then the running statistics
 * (with the unbiased variance) are an update of the pass. Over the stored ones otherwise.
 *
 * @see Ioffe and Szegedy, 2015
 */
export function batchNorm({ epsilon = 1e-3, momentum = 0.99, activation = 'linear' }: BatchNormOptions = {}): Block {
  const gamma = weight({ initial: ones });
  const beta = weight();
  const mean = weight({ kind: 'statistic' });
  const variance = weight({ kind: 'statistic', initial: ones });
  const running = (statistic: Weight, value: Tensor1D, [channels]: [number]) =>
    add(mul(statistic.as([channels]), momentum), mul(value, 1 - momentum));

  return block({ gamma, beta, mean, variance }, (x: Tensor4D, pass, self) => {
    const shape: [number] = [x.shape[3]];
    if (pass.statistics === 'stored' || factsOf(self).statistics === 'stored') {
      const stored = { mean: mean.as(shape), variance: variance.as(shape), epsilon, activation };
      return batchNormStored(x, gamma.as(shape), beta.as(shape), stored);
    }
    const ofBatch = batchNormTraining(x, gamma.as(shape), beta.as(shape), { epsilon, activation });
    const count = x.size / x.shape[3];
    pass.update(mean, running(mean, ofBatch.mean, shape));
    pass.update(variance, running(variance, mul(ofBatch.variance, count / Math.max(1, count - 1)), shape));
    return ofBatch.y;
  });
}
