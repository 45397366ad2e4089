import { keep, type Tensor } from '@tensorflow/tfjs-core';
import type { HasParts } from './block.ts';
import type { Weight } from './weight.ts';

/** How a block is to be run; its second argument. */
export interface Pass {
  /** Whether batch norms use the batch's own mean and variance or the stored ones. */
  readonly statistics: 'batch' | 'stored';
  /** Uniform numbers in [0, 1) for a leaf that drops at random; undefined where nothing is dropped. */
  readonly random: (leaf: HasParts) => Tensor | undefined;
  /** Takes a new value of a statistic: a result of the step, never a side effect. */
  readonly update: (weight: Weight, value: Tensor) => void;
}

/** What `block(x)` means: stored statistics, nothing random, nothing updated. */
export const inference: Pass = {
  statistics: 'stored',
  random: () => undefined,
  update: () => {},
};

export interface TrainingPassOptions {
  /** Whether batch norms use the batch's own mean and variance. Default `batch`. */
  readonly statistics?: 'batch' | 'stored';
  /** Uniform numbers by leaf, as `randomInputs` makes them. Default: nothing is dropped. */
  readonly randoms?: ReadonlyMap<HasParts, Tensor>;
}

/** A pass that also collects what the step updates. */
export interface TrainingPass extends Pass {
  /** New values, kept: whoever ran the step disposes them. */
  readonly updates: ReadonlyMap<Weight, Tensor>;
}

/** Statistics of the batch, random leaves at work, updates collected. */
export function trainingPass({ statistics = 'batch', randoms }: TrainingPassOptions = {}): TrainingPass {
  const updates = new Map<Weight, Tensor>();
  return {
    statistics,
    updates,
    random: (leaf) => randoms?.get(leaf),
    update: (weight, value) => {
      updates.get(weight)?.dispose(); // a block called twice: the last call's statistics stand
      updates.set(weight, keep(value));
    },
  };
}
