import type { Variable } from '@tensorflow/tfjs-core';
import { factsOf, type HasParts, walk, weights } from './block.ts';
import { keyedRandom } from './random.ts';
import { isWeight } from './weight.ts';

/** Numbers of a model. */
export interface Count {
  /** Numbers that a gradient can reach, frozen or not. */
  readonly parameters: number;
  /** Running means and variances. */
  readonly statistics: number;
}

/** Counts the numbers under a block. Allocates nothing. @throws Error if a weight has no shape yet. */
export function count(root: HasParts): Count {
  const sum = { trainable: 0, statistic: 0 };
  for (const [place, weight] of weights(root)) {
    if (weight.shape === undefined)
      throw new Error(`count: ${place} has no shape yet; call the block once, or give it to detector({ ... })`);
    sum[weight.kind] += weight.shape.reduce((a, b) => a * b, 1);
  }
  return { parameters: sum.trainable, statistics: sum.statistic };
}

/** Tells each weight its place, which is its name, and the seed of its first numbers. */
export function settle(root: HasParts, seed: number): void {
  for (const [place, weight] of weights(root)) weight.settle(place, seed);
}

/** Uniform numbers for one random leaf. */
export interface RandomInput {
  /** The leaf's place in the model. */
  readonly place: string;
  readonly leaf: HasParts;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Uniform numbers in [0, 1) for every random leaf, keyed by (seed, step, place): the same after a resume, and for any order of the leaves. */
export function randomInputs(
  root: HasParts,
  { seed, step, batch }: { seed: number; step: number; batch: number },
): RandomInput[] {
  const inputs: RandomInput[] = [];
  for (const [place, leaf] of walk(root)) {
    if (isWeight(leaf)) continue;
    const shape = factsOf(leaf).random?.(batch);
    if (shape === undefined) continue;
    const random = keyedRandom(seed, 'leaf', step, place);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random);
    inputs.push({ place, leaf, shape, values });
  }
  return inputs;
}

/** The trainable weights as tf.Variables, for users of `optimizer.minimize`; the model computes with them from now on. */
export function asVariables(root: HasParts): Variable[] {
  return [...weights(root).values()].filter((weight) => weight.trainable).map((weight) => weight.asVariable());
}

/** Frees every number of a model; a later use is an error. */
export function dispose(root: HasParts): void {
  for (const weight of weights(root).values()) weight.dispose();
}
