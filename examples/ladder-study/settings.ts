/** What all runs of the study share: how narrow the models are, the budget, the recipes. */
import { type Backbone, baselineAnchors, efficientNet, type Recipe, scenesRecipe, ssdVgg } from 'pyramidion';
import { jitterAugmentation } from 'pyramidion/data';
import type { full } from '../ladder.ts';

export type Size = readonly [height: number, width: number];

/** Every rung is this much as wide: VGG-16, the lift's 512 channels, the pyramid's 224, and B0, which stands in for the study's B4. */
export const narrowing = 1 / 8;

/** The ladder at a size, narrowed, with anchors for people from a fifth to four fifths of the height. */
export const narrowed = (inputSize: Size): typeof full => ({
  inputSize,
  stages: (): Backbone<'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7'> =>
    efficientNet({ width: narrowing, depth: 1, strides: 'ladder', dropConnect: 0 }),
  vgg: () => ssdVgg({ width: narrowing }),
  channels: 512 * narrowing,
  pyramid: 224 * narrowing,
  anchors: baselineAnchors({ sides: [0.12, 0.22, 0.4].map((part) => part * inputSize[0]), ratios: [0.36, 0.55] }),
});

/** Painted streets, and how often they are gone through: the same number of steps for every rung. */
export const scenesSize: Size = [256, 384];
export const scenesBudget = { frames: 640, epochs: 8 } as const;

/** Photographs: so few that they are gone through often. */
export const photographsSize: Size = [384, 384];
export const photographsBudget = { epochs: 40 } as const;

/** One recipe for rungs 2 to 7, so that a difference between two of them is the model's. */
export const recipe = { ...scenesRecipe, name: 'ladder study', epochs: scenesBudget.epochs } as const satisfies Recipe;

/** Rung 1 does not learn at the others' rate, which is one of the runs. */
export const vggRecipe = {
  ...recipe,
  name: 'ladder study, rung 1',
  schedule: { ...recipe.schedule, rate: 2e-4 },
} as const satisfies Recipe;

/** The kind of optimizer that the study's rung 1 had, and reused for the others. */
export const sgdRecipe = {
  ...recipe,
  name: 'ladder study, SGD',
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 5e-4 },
  schedule: { ...recipe.schedule, rate: 1e-2 },
} as const satisfies Recipe;

/** The same for photographs. */
export const photographsRecipe = (own: Recipe): Recipe => ({
  ...own,
  name: `${own.name}, photographs`,
  epochs: photographsBudget.epochs,
  augment: jitterAugmentation,
});
