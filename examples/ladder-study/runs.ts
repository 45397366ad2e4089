/** The runs of the study, in the order in which they are made. */
import { compose, detector, fpn, kaist, lift, type Predictor, type Recipe, select, ssdHead, unit } from 'pyramidion';
import { ladder } from '../ladder.ts';
import { narrowed, photographsRecipe, recipe, type Size } from './settings.ts';

type Rung = keyof typeof ladder;

export interface Run {
  /** Name of its files. */
  readonly id: string;
  readonly data: 'scenes' | 'photographs';
  /** The rung, or what else it is. */
  readonly model: string;
  readonly make: (size: Size) => Predictor;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Boxes are shuffled among the images. */
  readonly shuffle?: true;
  /** What the plateau watches. Default the mixed streets. */
  readonly watch?: 'crowd';
  /** Fewer frames, gone through more often. Default as the budget says. */
  readonly frames?: number;
}

export const rungs = Object.keys(ladder) as readonly Rung[];
const fine = ['P3', 'P4', 'P5'] as const;
const all = ['C3', 'C4', 'C5', 'C6', 'C7'] as const;
const labels = ['person'];

/** Rungs with one thing taken back. */
const variants = {
  /** Rung 3 over pixels that are only scaled to 0..1. */
  wideNotNormalized: (size: Size) => {
    const { stages, channels, anchors } = narrowed(size);
    return detector({
      inputSize: size,
      standardize: unit,
      backbone: stages(),
      neck: compose(select({ stages: ['C3', 'C4', 'C5'] }), lift({ levels: fine, channels })),
      head: ssdHead({ levels: fine, anchors, labels }),
    });
  },
  /** Rung 2 with normalisation: rung 3 without its lift. */
  normalizedNarrow: (size: Size) => {
    const { stages, anchors } = narrowed(size);
    return detector({
      inputSize: size,
      standardize: kaist,
      backbone: stages(),
      neck: select({ stages: ['C3', 'C4', 'C5'] }),
      head: ssdHead({ levels: fine, anchors, labels }),
    });
  },
  /** Rung 5 without its lift. */
  fpnNarrow: (size: Size) => {
    const { stages, anchors } = narrowed(size);
    return detector({
      inputSize: size,
      standardize: kaist,
      backbone: stages(),
      neck: fpn({ stages: all, channels: 'stage', upsample: 'bilinear' }),
      head: ssdHead({ levels: fine, anchors, labels }),
    });
  },
};

const rungRun = (rung: Rung, seed: number): Run => ({
  id: `scenes-${rung}-${seed}`,
  data: 'scenes',
  model: rung,
  make: (size) => ladder[rung](narrowed(size)),
  recipe,
  seed,
});

const photographsRun = (rung: Rung, seed: number): Run => ({
  ...rungRun(rung, seed),
  id: `photographs-${rung}-${seed}`,
  data: 'photographs',
  recipe: photographsRecipe,
});

const variantRun = (name: keyof typeof variants, seed: number): Run => ({
  ...rungRun('fpn', seed),
  id: `scenes-${name}-${seed}`,
  model: name,
  make: variants[name],
});

/** The baseline's SGD and multi-step, as it stands, for a model of which the study found that it does not learn so. */
const sgd = {
  ...recipe,
  name: "ladder study, the baseline's SGD",
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 5e-4 },
  schedule: { name: 'multiStep', rate: 1e-4, at: [0.5, 0.9] },
} as const satisfies Recipe;

/** The same with a rate for this model. */
const fasterSgd = {
  ...sgd,
  name: 'ladder study, SGD with a rate of its own',
  schedule: { name: 'multiStep', rate: 2e-2, at: [0.7, 0.92], warmUp: 50 },
} as const satisfies Recipe;

/** RMSprop with a plateau: half of the frames, gone through twice as often,, so that there is something to watch. */
const plateau = {
  ...recipe,
  name: 'ladder study, plateau',
  schedule: { name: 'plateau', rate: 7e-4, patience: 1, warmUp: 50 },
  epochs: 2 * recipe.epochs,
} as const satisfies Recipe;

/** Every run of the study for some seeds. */
export function studyRuns(seeds: readonly number[]): readonly Run[] {
  const [first = 0, ...others] = seeds;
  const base = rungRun('fpn', first);
  const plateauRun = { ...base, model: 'fpn, plateau', recipe: plateau, frames: 320 };
  return [
    ...rungs.map((rung) => rungRun(rung, first)),
    { ...base, id: `scenes-shuffled-${first}`, model: 'fpn, boxes shuffled', shuffle: true },
    ...rungs.map((rung) => photographsRun(rung, first)),
    variantRun('wideNotNormalized', first),
    variantRun('normalizedNarrow', first),
    variantRun('fpnNarrow', first),
    { ...base, id: `scenes-sgd-${first}`, model: "fpn, the baseline's SGD", recipe: sgd },
    { ...base, id: `scenes-fasterSgd-${first}`, model: 'fpn, SGD with its own rate', recipe: fasterSgd },
    { ...plateauRun, id: `scenes-plateauMixed-${first}` },
    { ...plateauRun, id: `scenes-plateauCrowd-${first}`, watch: 'crowd' },
    ...others.flatMap((seed) => rungs.map((rung) => rungRun(rung, seed))),
  ];
}
