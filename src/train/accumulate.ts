import { add, clone, type Tensor } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import {
  type LossGradients,
  lossGradients,
  type MoveOptions,
  move,
  type StepInputs,
  type StepOptions,
  type StepResults,
} from './step.ts';

/** What the part of a step depends on that goes over one part of its batch. */
export interface GradientInputs<Targets>
  extends Pick<StepInputs<Targets>, 'weights' | 'images' | 'targets' | 'randoms'> {
  /** Gradients of the parts before, of every weight that may be reached. */
  readonly gradients: ReadonlyMap<Weight, Tensor>;
}

/**
 * Adds the gradients of one part of a batch to those of the parts before. It is their sum that the whole batch has, where
 * the loss is over the positives of the whole (its targets' `positives`) and statistics are stored. As pure as `trainStep`.
 */
export function gradientStep<Targets>(
  options: Pick<StepOptions<Targets>, 'model' | 'loss' | 'statistics'>,
): (inputs: GradientInputs<Targets>) => LossGradients {
  return (inputs) => {
    const { gradients, ...found } = lossGradients(options, inputs);
    const sums = new Map<Weight, Tensor>();
    for (const [weight, gradient] of gradients) {
      const before = inputs.gradients.get(weight);
      sums.set(weight, before ? add(before, gradient) : gradient);
      if (before) gradient.dispose();
    }
    return { ...found, gradients: sums };
  };
}

/** What the last part of such a step depends on. */
export interface UpdateInputs extends Pick<StepInputs<unknown>, 'weights' | 'slots' | 'learningRate'> {
  /** Of the whole batch. */
  readonly gradients: ReadonlyMap<Weight, Tensor>;
}

/** The part of a step behind the gradients: clipping, optimizer. As pure as `trainStep`. */
export function updateStep(
  options: Pick<MoveOptions, 'optimizer' | 'own' | 'clip' | 'clipNorm'>,
): (inputs: UpdateInputs) => Pick<StepResults, 'weights' | 'slots'> {
  return ({ gradients, ...inputs }) => {
    const own = new Map(Array.from(gradients, ([weight, gradient]) => [weight, clone(gradient)])); // which move frees
    return move({ ...options, ...inputs, gradients: own });
  };
}
