import { cast, dispose, keep, mul, reshape, sum, Tensor, tidy } from '@tensorflow/tfjs-core';
import { blocks, type HasParts } from '../core/block.ts';
import type { Predictions } from '../core/levels.ts';
import { trainingPass } from '../core/pass.ts';
import { type Observer, shared } from '../core/shared.ts';
import type { Predictor } from '../model/predict.ts';
import type { LossParts } from './step.ts';
import type { StepPart } from './stepInputs.ts';
import type { TargetTensors } from './targets.ts';

export interface BadMapOptions extends StepPart {
  readonly loss: (predictions: Predictions, targets: TargetTensors) => LossParts;
  readonly statistics: 'batch' | 'stored';
}

/** Numbers that are not finite. */
export interface BadNumbers {
  /** `map backbone/stem`, `pixels`, `targets boxes`, `loss total`. */
  readonly what: string;
  /** Images that they are of; empty for those of all together. */
  readonly ids: readonly string[];
}

/**
 * Runs the forward pass of a step again, by plain ops on tfjs's backend, and looks at all that goes in, at the map that
 * each block gives, in the order in which they are made, and at the loss. Undefined where all of it is finite.
 */
export async function firstBadMap(
  model: Predictor,
  { ids, inputs: { images, targets, randoms }, loss, statistics }: BadMapOptions,
): Promise<BadNumbers | undefined> {
  const seen: { readonly what: string; readonly zeros: Tensor }[] = [];
  const look = (what: string, value: unknown): void => {
    if (value instanceof Tensor) seen.push({ what, zeros: keep(zerosOf(value, ids.length)) });
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) look(`${what} ${name}`, part);
  };
  const places = new Map(Array.from(blocks(model), ([place, block]): [HasParts, string] => [block, place]));
  const observer: Observer = {
    enter: () => {},
    leave: (block, result) => {
      const place = places.get(block);
      if (place) look(`map ${place}`, result);
    },
  };
  const { observers } = shared();
  const pass = trainingPass({ statistics, randoms });
  look('pixels', images);
  look('targets', targets);
  observers.push(observer);
  try {
    tidy(() => {
      const predictions = model(images, pass);
      look('map', predictions);
      look('loss', loss(predictions, targets));
    });
  } finally {
    observers.splice(observers.indexOf(observer), 1);
    dispose([...pass.updates.values()]);
  }
  try {
    for (const { what, zeros } of seen) {
      const numbers = await zeros.data();
      const bad = Array.from(numbers, (number) => !Number.isFinite(number));
      if (bad.includes(true)) return { what, ids: bad.length === ids.length ? ids.filter((_, i) => bad[i]) : [] };
    }
    return undefined;
  } finally {
    dispose(seen.map(({ zeros }) => zeros));
  }
}

/** 0 for each image, or for all together, NaN where a number is not finite. */
function zerosOf(value: Tensor, images: number): Tensor {
  return tidy(() => {
    const nothing = mul(cast(value, 'float32'), 0); // infinity times 0 is NaN
    return value.shape[0] === images ? sum(reshape(nothing, [images, -1]), 1) : sum(nothing);
  });
}
