import type { Recipe } from '../train/recipe.ts';
import type { SamplesGiven } from './trainSamples.ts';

/** What was given to `train`. */
export interface TrainGiven extends SamplesGiven {
  readonly model?: string;
  readonly weights?: string;
  readonly out?: string;
  readonly protocol?: string;
  readonly every?: number;
  readonly recipe?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly accumulate?: number;
  readonly rate?: number;
  readonly patience?: number;
  readonly keep?: number;
  readonly saveEvery?: number;
  readonly findRate?: true;
  readonly seed?: number;
  readonly cache: number;
  readonly backend: 'wasm' | 'tensorflow';
  readonly resume?: true;
  readonly changed?: true;
  readonly json?: true;
}

/** A recipe with what was given in its place. */
export function changed(recipe: Recipe, { epochs, batch, accumulate, rate, patience }: TrainGiven): Recipe {
  return {
    ...recipe,
    ...(epochs === undefined ? {} : { epochs }),
    ...(batch === undefined ? {} : { batch }),
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(patience === undefined ? {} : { stopEarly: { ...recipe.stopEarly, patience } }),
    ...(rate === undefined ? {} : { schedule: { ...recipe.schedule, rate } }),
  };
}
