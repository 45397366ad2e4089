import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import { amount, checkSettings, decayedGradient, decayedValue, fading, share, slotOf } from './optimizerParts.ts';

export interface AdamOptions {
  /** Shares of the running means of the gradient and of its square that stay. Default 0.9 and 0.999. */
  readonly decays?: readonly [mean: number, square: number];
  /** Keeps the step finite where the gradient has always been small. Default 1e-8. */
  readonly epsilon?: number;
  /** What epsilon is added to: the root of the mean that is `corrected` for its beginning, as in PyTorch, or `raw`, as in Keras. Default `corrected`. */
  readonly epsilonTo?: 'corrected' | 'raw';
  /** Which mean square counts: the `latest`, or the `largest` so far, which is AMSGrad. Default `latest`. */
  readonly square?: 'latest' | 'largest';
  /** Of weights of two or more dimensions. Default 0. */
  readonly weightDecay?: number;
}

/** Keras': `adam(kerasAdam)`. @see Keras, Adam */
export const kerasAdam = { epsilon: 1e-7, epsilonTo: 'raw' } as const satisfies AdamOptions;

/**
 * m = b1 * m + (1 - b1) * g; s = b2 * s + (1 - b2) * g^2; w = w - rate * m' / (sqrt(s') + epsilon), m' and s' over the sums of
 * the weights so far, 1 - b^t. Decay is added to the gradient, times the weight.
 *
 * @throws RangeError for a setting that cannot be
 * @see Kingma and Ba, Adam, 2015; PyTorch, torch.optim.Adam
 */
export const adam = (options: AdamOptions = {}): Optimizer => adamOf('adam', options, 0);

/**
 * Adam whose decay is apart from the gradient: first w = w - rate * decay * w. Default decay 0.01.
 *
 * @throws RangeError for a setting that cannot be
 * @see Loshchilov and Hutter, AdamW, 2019; PyTorch, torch.optim.AdamW
 */
export const adamW = (options: AdamOptions = {}): Optimizer => adamOf('adamW', options, 0.01);

function adamOf(name: 'adam' | 'adamW', options: AdamOptions, usualDecay: number): Optimizer {
  const { decays = [0.9, 0.999], epsilon = 1e-8, epsilonTo = 'corrected', weightDecay = usualDecay } = options;
  const { square: counting = 'latest' } = options;
  const [b1, b2] = decays;
  checkSettings(name, {
    'decays[0]': share(b1),
    'decays[1]': share(b2),
    epsilon: amount(epsilon),
    weightDecay: amount(weightDecay),
  });
  return {
    name,
    options: { meanDecay: b1, squareDecay: b2, epsilon, epsilonTo, square: counting, weightDecay },
    slots: {
      mean: 'zeros',
      meanSquare: 'zeros',
      // 1 - b^t, as means of ones: what begins at zero like them, so that no step number is needed and nothing cancels
      meanWeight: 'zero',
      squareWeight: 'zero',
      ...(counting === 'largest' ? { largest: 'zeros' } : {}),
    },
    update: (weight, { value, gradient, slots, learningRate }) => {
      const of = (slot: string): Tensor => slotOf(slots, slot, name);
      const g = name === 'adam' ? decayedGradient(weight, value, gradient, weightDecay) : gradient;
      const start = name === 'adamW' ? decayedValue(weight, value, weightDecay, learningRate) : value;
      const mean = fading(of('mean'), g, b1);
      const meanSquare = fading(of('meanSquare'), square(g), b2);
      const meanWeight = fading(of('meanWeight'), 1, b1);
      const squareWeight = fading(of('squareWeight'), 1, b2);
      const largest = counting === 'largest' ? maximum(of('largest'), meanSquare) : undefined;
      const root = sqrt(largest ?? meanSquare);
      const correction = sqrt(squareWeight);
      const rate = div(learningRate, meanWeight);
      const step =
        epsilonTo === 'corrected'
          ? mul(div(mean, add(div(root, correction), epsilon)), rate)
          : mul(div(mean, add(root, epsilon)), mul(rate, correction));
      return {
        value: sub(start, step),
        slots: { mean, meanSquare, meanWeight, squareWeight, ...(largest ? { largest } : {}) },
      };
    },
  };
}
