import type { Tensor } from '@tensorflow/tfjs-core';
import type { HasParts } from './block.ts';
import type { Weight } from './weight.ts';

/** Gives the tensor that stands in for a weight, or undefined where its own numbers are meant. */
export type Binding = (weight: Weight, shape: readonly number[]) => Tensor | undefined;

/** Hears of each block that begins and ends while a function runs. */
export interface Observer {
  readonly enter: (block: HasParts) => void;
  /** `result` is undefined where the block failed. */
  readonly leave: (block: HasParts, result: unknown) => void;
}

interface Shared {
  readonly bindings: Binding[];
  readonly observers: Observer[];
  /** Weights made so far: the seed of one that has no place in a model. */
  weights: number;
}

const key = Symbol.for('pyramidion.shared');

/** What every copy of the package in one process (ESM beside CJS) has in common. */
export function shared(): Shared {
  const home = globalThis as { [key]?: Shared };
  home[key] ??= { bindings: [], observers: [], weights: 0 };
  return home[key];
}
