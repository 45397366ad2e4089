import { scalar } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import type { Predictor } from '../model/predict.ts';
import { compile } from '../trace/compile.ts';
import type { LocalTarget } from '../trace/target.ts';
import { gradientStep, updateStep } from './accumulate.ts';
import { bringHome } from './bringHome.ts';
import { badLoss, type NamedStep } from './finite.ts';
import { firstBadMap } from './firstBadMap.ts';
import { groupRules } from './groupRules.ts';
import type { GroupRule } from './groups.ts';
import type { SlotsOf } from './optimizer.ts';
import { optimizerOf, type Recipe } from './recipe.ts';
import { trainStep } from './step.ts';
import { type StepImages, stepParts } from './stepInputs.ts';
import { atOnce, inParts, type Mover, type NotTaken, type Taken } from './stepMovers.ts';
import { lossOf } from './targets.ts';

export interface RunStepOptions {
  readonly recipe: Recipe;
  /** What the groups of the recipe say. */
  readonly rules: ReadonlyMap<Weight, GroupRule>;
  readonly trained: readonly Weight[];
  /** Where it runs; undefined for tfjs's backend. */
  readonly target: LocalTarget | undefined;
  readonly seed: number;
}

/** When a step is taken, and with what. */
export interface StepTime extends Omit<NamedStep, 'ids'> {
  readonly learningRate: number;
  readonly statistics: 'batch' | 'stored';
  readonly slots: SlotsOf;
  /** The step before, which is named where it spoiled the weights. */
  readonly before: NamedStep | undefined;
}

/** The steps of a run, compiled when they are first taken. */
export interface RunStep {
  /** @throws Error for a loss that is not finite; no weight that trains has moved then, and the slots are as they were */
  readonly take: (images: StepImages, time: StepTime) => Promise<Taken>;
  /** The same; gives a loss that is not finite instead of throwing. */
  readonly attempt: (images: StepImages, time: Omit<StepTime, 'before'>) => Promise<Taken | NotTaken>;
  readonly dispose: () => void;
}

/** What a run does with the images of a step: all at once, or in `accumulate` parts. */
export function runStep(model: Predictor, { recipe, rules, trained, target, seed }: RunStepOptions): RunStep {
  const { accumulate = 1, clip, clipNorm } = recipe;
  const moving = { optimizer: optimizerOf(recipe), own: groupRules(recipe, rules), clip, clipNorm };
  const loss = lossOf(model, recipe);
  const plans: { readonly dispose: () => void }[] = [];
  /** Its results are written over these inputs, unless its loss is not finite. */
  const compiled = <F extends (...args: never[]) => unknown>(fn: F, inputs: readonly string[]) => {
    const donate = { inputs, ifFinite: ['loss'] };
    const plan = compile(fn, { root: model, label: 'train', donate, ...(target ? { target } : {}) });
    plans.push(plan);
    return plan;
  };
  const update = compiled(updateStep(moving), ['weights', 'slots']);
  const mover = (statistics: 'batch' | 'stored'): Mover => {
    const of = { model, loss, statistics };
    if (accumulate > 1) return inParts(trained, compiled(gradientStep(of), ['gradients']), update);
    const { clip: _, clipNorm: __, ...rest } = moving;
    return atOnce(
      compiled(trainStep({ ...of, ...rest, ...(clip ? { clip } : {}), ...(clipNorm ? { clipNorm } : {}) }), [
        'weights',
        'slots',
      ]),
    );
  };
  const movers = { batch: mover('batch'), stored: mover('stored') };

  const partsOf = (images: StepImages, step: number) =>
    stepParts(model, images, { recipe, trained, seed, step: step - 1 });

  const attempt: RunStep['attempt'] = async (images, { step, statistics, slots, learningRate: rate }) => {
    const learningRate = scalar(rate);
    try {
      return await movers[statistics](partsOf(images, step), { slots, learningRate });
    } finally {
      learningRate.dispose();
    }
  };
  return {
    attempt,
    take: async (images, { before, ...time }) => {
      const taken = await attempt(images, time);
      if (!('bad' in taken)) return taken;
      const { step, epoch, statistics } = time;
      const { ids } = taken.bad;
      const look = async () => {
        await bringHome(model); // plain ops read numbers at once
        for (const part of partsOf(images, step)) {
          try {
            if (part.ids.join() === ids.join()) return await firstBadMap(model, { ...part, loss, statistics });
          } finally {
            part.dispose();
          }
        }
        return undefined;
      };
      throw await badLoss(model, taken.loss, { before, now: { step, epoch, ids }, look });
    },
    dispose: () => {
      for (const plan of plans) plan.dispose();
    },
  };
}
