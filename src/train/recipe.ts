import type { CutOptions } from '../data/augmentObjects.ts';
import { type Augmentation, baselineAugmentation } from '../data/augmentSteps.ts';
import type { FitOptions } from '../data/letterbox.ts';
import { type LossRule, lossNames } from '../detection/lossRule.ts';
import type { MatchRule } from '../detection/match.ts';
import { type Clip, checkClip } from './clip.ts';
import { type EmaOptions, emaDecay } from './ema.ts';
import { checkGroups, type Group } from './groups.ts';
import { type Optimizer, type RmspropOptions, rmsprop, type SgdOptions, sgd } from './optimizer.ts';
import { type AdamOptions, adam, adamW } from './optimizerAdam.ts';
import type { Schedule } from './schedule.ts';
import { checkSchedule } from './scheduleCheck.ts';
import { checkStopEarly, type StopEarly } from './stopEarly.ts';

/** How a model is trained. Plain data: it is printed with each run and written into each checkpoint. */
export interface Recipe {
  readonly name: string;
  readonly optimizer:
    | ({ readonly name: 'sgd' } & SgdOptions)
    | ({ readonly name: 'rmsprop' } & RmspropOptions)
    | ({ readonly name: 'adam' | 'adamW' } & AdamOptions);
  readonly schedule: Schedule;
  /** Parts of the model that train otherwise: slower, without decay, or not at all. Default none. */
  readonly groups?: readonly Group[];
  /** What is cut of each gradient by itself. Default nothing. */
  readonly clip?: Clip;
  /** Joint norm that the gradients are clipped to after that. Default: they are not. */
  readonly clipNorm?: number;
  /** The weights are averaged over the steps; the averages are what is judged and what a checkpoint gives. Default: they are not. */
  readonly ema?: EmaOptions;
  /**
   * Share of the run after which batch norms use the stored statistics, so that the weights settle for what they will
   * meet: a small batch scales a rare image by itself, the stored statistics do not. Default 1: never.
   */
  readonly storedFrom?: number;
  /** Default the model's own, else SSD's. */
  readonly loss?: LossRule;
  /** Images in a step, or in each of its parts. */
  readonly batch: number;
  /**
   * Parts of a step, whose gradients are added: so many times the batch, in the memory of one. Over stored statistics it
   * is as if the batch were so large. Default 1.
   */
  readonly accumulate?: number;
  /** What becomes of images that do not fill a batch: left out this time, or joined by the first of the epoch. Default `drop`. */
  readonly last?: 'drop' | 'refill';
  /** How often the data is gone through. */
  readonly epochs: number;
  /** When the run ends before that. Default never. */
  readonly stopEarly?: StopEarly;
  /** How objects become targets. Default the model's own rule, else SSD's. */
  readonly match?: MatchRule;
  /** Default none. */
  readonly augment?: readonly Augmentation[];
  /** How images fit into the input. Default letterbox. */
  readonly fit?: FitOptions;
  /** What becomes of objects that augmentation cuts. */
  readonly cut?: CutOptions;
}

/** The pedestrian SSD's: SGD, the rate a tenth after half and after nine tenths of the epochs. @see MLPD, src/config.py */
export const baselineRecipe = {
  name: 'baseline',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 5e-4 },
  schedule: { name: 'multiStep', rate: 1e-4, at: [0.5, 0.9] },
  batch: 12,
  epochs: 40,
  augment: baselineAugmentation,
  fit: { fit: 'stretch' },
  cut: { edges: 'keep' },
} as const satisfies Recipe;

/** The study's for its EfficientNets: RMSprop, the rate a tenth when the validation loss no longer falls. */
export const studyRecipe = {
  ...baselineRecipe,
  name: 'study',
  optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3, weightDecay: 1e-5 },
  schedule: { name: 'plateau', rate: 1e-3, patience: 3 },
  batch: 16,
  epochs: 30,
} as const satisfies Recipe;

/** For minutes of training on `scenes`: every scene is another street, so that two epochs do. */
export const scenesRecipe = {
  name: 'scenes',
  optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3, weightDecay: 1e-5 },
  schedule: { name: 'multiStep', rate: 7e-4, at: [0.7, 0.92], warmUp: 50 },
  clipNorm: 10,
  storedFrom: 0.8,
  batch: 4,
  epochs: 2,
  augment: [{ name: 'flip' }],
} as const satisfies Recipe;

/** The optimizer that a recipe names. @throws RangeError for a setting that cannot be */
export function optimizerOf({ optimizer }: Recipe): Optimizer {
  switch (optimizer.name) {
    case 'sgd':
      return sgd(optimizer);
    case 'rmsprop':
      return rmsprop(optimizer);
    case 'adam':
      return adam(optimizer);
    case 'adamW':
      return adamW(optimizer);
  }
}

/** A recipe may come from a file, so that its names are checked too. @throws RangeError naming what cannot be */
export function checkRecipe(recipe: Recipe): void {
  const where = `recipe ${recipe.name}`;
  const named = (what: string, name: string, names: readonly string[]) => {
    if (!names.includes(name))
      throw new RangeError(`${where}: there is no ${what} '${name}'; there are ${names.join(', ')}`);
  };
  const whole = (what: string, value: number) => {
    if (!(Number.isInteger(value) && value >= 1))
      throw new RangeError(`${where}: ${what} is ${value}; it must be a whole number of at least 1`);
  };
  for (const name of ['batch', 'epochs'] as const) whole(name, recipe[name]);
  whole('accumulate', recipe.accumulate ?? 1);
  named('optimizer', recipe.optimizer.name, ['sgd', 'rmsprop', 'adam', 'adamW']);
  named('loss', recipe.loss?.name ?? 'ssd', lossNames);
  optimizerOf(recipe);
  checkSchedule(where, recipe.schedule);
  checkGroups(where, recipe.groups ?? []);
  if (recipe.ema) emaDecay(recipe.ema, 1);
  if (recipe.stopEarly) checkStopEarly(where, recipe.stopEarly);
  if (recipe.clip) checkClip(where, recipe.clip);
  if (recipe.clipNorm !== undefined && !(recipe.clipNorm > 0))
    throw new RangeError(`${where}: clipNorm is ${recipe.clipNorm}; it must be above 0`);
  const { storedFrom = 1 } = recipe;
  if (!(storedFrom >= 0 && storedFrom <= 1))
    throw new RangeError(`${where}: storedFrom is ${storedFrom}; it must be a share of the run, 0 to 1`);
}
