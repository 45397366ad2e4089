/** The runs of the study, in the order in which they are made. */
import { compose, detector, fpn, kaist, lift, type Predictor, type Recipe, select, ssdHead, unit } from 'pyramidion';
import { ladder } from '../ladder.ts';
import { narrowed, photographsRecipe, recipe, type Size, scenesBudget, sgdRecipe, vggRecipe } from './settings.ts';

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
  recipe: rung === 'vggBaseline' ? vggRecipe : recipe,
  seed,
});

const photographsRun = (rung: Rung, seed: number): Run => ({
  ...rungRun(rung, seed),
  id: `photographs-${rung}-${seed}`,
  data: 'photographs',
  recipe: photographsRecipe(rung === 'vggBaseline' ? vggRecipe : recipe),
});

const variantRun = (name: keyof typeof variants, seed: number): Run => ({
  ...rungRun('fpn', seed),
  id: `scenes-${name}-${seed}`,
  model: name,
  make: variants[name],
});

/** RMSprop with a plateau: half of the frames, gone through twice as often, so that there is something to watch. */
const plateau = {
  ...recipe,
  name: 'ladder study, plateau',
  schedule: { name: 'plateau', rate: 7e-4, patience: 1, warmUp: 50 },
  epochs: 2 * recipe.epochs,
} as const satisfies Recipe;

/** What the study did wrong, for one seed. */
function changedRuns(seed: number): readonly Run[] {
  const base = rungRun('fpn', seed);
  const plateauRun = { ...base, recipe: plateau, frames: scenesBudget.frames / 2 };
  const vgg = rungRun('vggBaseline', seed);
  return [
    { ...base, id: `scenes-shuffled-${seed}`, model: 'fpn, boxes shuffled', shuffle: true },
    variantRun('fpnNarrow', seed),
    variantRun('normalizedNarrow', seed),
    variantRun('wideNotNormalized', seed),
    { ...base, id: `scenes-fpnSgd-${seed}`, model: 'fpn, SGD', recipe: sgdRecipe },
    { ...plateauRun, id: `scenes-plateauMixed-${seed}`, model: 'fpn, plateau on mixed streets' },
    { ...plateauRun, id: `scenes-plateauCrowd-${seed}`, model: 'fpn, plateau on a crowd', watch: 'crowd' },
    { ...vgg, id: `scenes-vggSgd-${seed}`, model: 'vggBaseline, SGD', recipe: sgdRecipe },
    { ...vgg, id: `scenes-vggOtherRate-${seed}`, model: "vggBaseline, the others' rate", recipe },
  ];
}

/** Every run of the study for some seeds: the rungs come first, then photographs by the first seed. */
export function studyRuns(seeds: readonly number[]): readonly Run[] {
  const [first = 0, ...others] = seeds;
  return [
    ...rungs.map((rung) => rungRun(rung, first)),
    ...others.flatMap((seed) => rungs.map((rung) => rungRun(rung, seed))),
    ...changedRuns(first),
    ...rungs.map((rung) => photographsRun(rung, first)),
    ...others.flatMap(changedRuns),
  ];
}
