import { keep, type Scalar, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Block, HasParts } from '../core/block.ts';
import type { Predictions } from '../core/levels.ts';
import { trainingPass } from '../core/pass.ts';
import type { Weight } from '../core/weight.ts';
import { valueAndGradients } from '../tfjs/gradients.ts';
import { clipByNorm } from './clip.ts';
import type { Optimizer, Slots } from './optimizer.ts';

/** What is to become smaller, and what it is made of. */
export type LossParts = { readonly total: Scalar; readonly [part: string]: Scalar };

export interface StepOptions<Targets> {
  readonly model: Block<Tensor4D, Predictions>;
  /** Of the predictions and the targets that were matched on the host: what is to become smaller, and its parts. */
  readonly loss: (predictions: Predictions, targets: Targets) => LossParts;
  readonly optimizer: Optimizer;
  /** Joint norm that the gradients are clipped to. Default: they are not. */
  readonly clipNorm?: number;
}

/** Everything that a step depends on. */
export interface StepInputs<Targets> {
  /** Values of the weights to train. */
  readonly weights: ReadonlyMap<Weight, Tensor>;
  /** What the optimizer keeps for each of them. */
  readonly slots: ReadonlyMap<Weight, Slots>;
  /** RGB 0-255, [b, h, w, 3]. */
  readonly images: Tensor4D;
  readonly targets: Targets;
  readonly learningRate: Scalar;
  /** Uniform numbers of the random leaves, as `randomInputs` makes them. Default: nothing is dropped. */
  readonly randoms?: ReadonlyMap<HasParts, Tensor>;
}

/** Everything that a step changes, as new tensors; the caller disposes them. */
export interface StepResults {
  readonly loss: LossParts;
  /** New values of the weights that the loss reaches. */
  readonly weights: ReadonlyMap<Weight, Tensor>;
  /** Their new slots. */
  readonly slots: ReadonlyMap<Weight, Slots>;
  /** New running means and variances. */
  readonly statistics: ReadonlyMap<Weight, Tensor>;
  /** Weights that the loss does not reach: they stay as they are. */
  readonly unreached: readonly Weight[];
}

/**
 * A training step as a pure function: forward, loss, gradients, clipping, optimizer. Static shapes, nothing is read back
 * and nothing is moved, so that it can be traced, and run anywhere.
 */
export function trainStep<Targets>(options: StepOptions<Targets>): (inputs: StepInputs<Targets>) => StepResults {
  const { model, loss, optimizer, clipNorm } = options;
  return ({ weights, slots, images, targets, learningRate, randoms }) => {
    const pass = trainingPass(randoms ? { randoms } : {});
    let parts: LossParts | undefined;
    const found = valueAndGradients(() => {
      parts = loss(model(images, pass), targets);
      for (const part of Object.values(parts)) keep(part);
      return parts.total;
    }, weights);
    const moved = new Map<Weight, Tensor>();
    const kept = new Map<Weight, Slots>();
    tidy(() => {
      const gradients = clipNorm === undefined ? found.gradients : clipByNorm(found.gradients, clipNorm);
      for (const [weight, gradient] of gradients) {
        const value = weights.get(weight);
        const own = slots.get(weight);
        if (value === undefined || own === undefined)
          throw new RangeError(`trainStep: ${weight.place} has no slots; start from firstSlots(optimizer, shape)`);
        const next = optimizer.update(weight, { value, gradient, slots: own, learningRate });
        moved.set(weight, keep(next.value));
        kept.set(weight, next.slots);
        for (const slot of Object.values(next.slots)) keep(slot);
      }
    });
    for (const gradient of found.gradients.values()) gradient.dispose();
    return {
      loss: parts ?? { total: found.value },
      weights: moved,
      slots: kept,
      statistics: pass.updates,
      unreached: found.unreached,
    };
  };
}
