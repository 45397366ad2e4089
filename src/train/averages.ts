import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { type HasParts, weights } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { sharing } from '../tfjs/heldBackend.ts';

/** Averages of the weights that a run moves, statistics among them. */
export type Averages = ReadonlyMap<Weight, Tensor>;

/** Averages as they begin: the weights themselves. The caller disposes them. */
export const firstAverages = (model: HasParts): Averages =>
  new Map(
    [...weights(model).values()]
      .filter((weight) => weight.trainable || weight.kind === 'statistic')
      .map((weight) => [weight, sharing(weight.read())]),
  );

export const disposeAverages = (averages: Averages | undefined): void => dispose([...(averages ?? new Map()).values()]);

/** Runs something with the averages in the place of the weights, which have their own numbers again after it. */
export async function withAverages<T>(averages: Averages | undefined, run: () => Promise<T>): Promise<T> {
  if (averages === undefined) return run();
  const own = new Map(Array.from(averages.keys(), (weight) => [weight, sharing(weight.read())]));
  for (const [weight, average] of averages) weight.adopt(sharing(average));
  try {
    return await run();
  } finally {
    for (const [weight, value] of own) weight.adopt(value);
  }
}
