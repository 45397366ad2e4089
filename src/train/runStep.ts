import { dispose, type Scalar, scalar, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';
import type { Predictor } from '../model/predict.ts';
import { compile } from '../trace/compile.ts';
import type { LocalTarget } from '../trace/target.ts';
import { gradientStep, updateStep } from './accumulate.ts';
import { applyStep, disposeStep, lossNumbers } from './applyStep.ts';
import { bringHome } from './bringHome.ts';
import { badLoss, type NamedStep } from './finite.ts';
import { firstBadMap } from './firstBadMap.ts';
import { groupRules } from './groupRules.ts';
import type { GroupRule } from './groups.ts';
import { addedLoss, isFiniteLoss } from './lossSums.ts';
import type { Slots, SlotsOf } from './optimizer.ts';
import { optimizerOf, type Recipe } from './recipe.ts';
import type { LossNumbers } from './report.ts';
import { trainStep } from './step.ts';
import { type StepImages, type StepPart, stepParts } from './stepInputs.ts';
import { lossOf, type TargetTensors } from './targets.ts';

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

/** What a step has brought; the weights have moved. */
export interface Taken {
  readonly loss: LossNumbers;
  /** From now on. */
  readonly slots: Map<Weight, Slots>;
  /** Places of weights that the loss does not reach. */
  readonly unreached: readonly string[];
}

/** What a step would have brought whose loss is not finite. */
export interface NotTaken {
  readonly loss: LossNumbers;
  /** The part that has it. */
  readonly bad: Pick<StepPart, 'ids'>;
}

/** The steps of a run, compiled when they are first taken. */
export interface RunStep {
  /** @throws Error for a loss that is not finite; no weight that trains has moved then, and the slots are as they were */
  readonly take: (images: StepImages, time: StepTime) => Promise<Taken>;
  /** The same; gives a loss that is not finite instead of throwing. */
  readonly attempt: (images: StepImages, time: Omit<StepTime, 'before'>) => Promise<Taken | NotTaken>;
  readonly dispose: () => void;
}

/** Takes the parts of a step. Gives the loss alone where it is not finite, and has moved nothing then. */
type Mover = (
  parts: Iterable<StepPart>,
  given: { readonly slots: SlotsOf; readonly learningRate: Scalar },
) => Promise<Taken | NotTaken>;

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

function atOnce(step: ReturnType<typeof trainStep<TargetTensors>>): Mover {
  return async ([part], { slots, learningRate }) => {
    if (part === undefined) throw new RangeError('train: a step has no images');
    const results = tryFinally(() => step({ ...part.inputs, slots, learningRate }), part.dispose);
    const loss = await lossNumbers(results);
    if (!isFiniteLoss(loss)) {
      disposeStep(results);
      return { loss, bad: part };
    }
    return { loss, slots: applyStep(results, slots), unreached: places(results.unreached) };
  };
}

/** Running statistics follow the parts one after the other, as they would follow batches. */
function inParts(
  trained: readonly Weight[],
  gradientsOf: ReturnType<typeof gradientStep<TargetTensors>>,
  update: ReturnType<typeof updateStep>,
): Mover {
  return async (parts, { slots, learningRate }) => {
    const sums = new Map(trained.map((weight): [Weight, Tensor] => [weight, zeros([...(weight.shape ?? [])])]));
    let loss: LossNumbers = {};
    let unreached: readonly Weight[] = [];
    try {
      for (const part of parts) {
        const found = tryFinally(() => gradientsOf({ ...part.inputs, gradients: sums }), part.dispose);
        const own = await lossNumbers(found);
        if (!isFiniteLoss(own)) {
          dispose([...found.gradients.values(), ...found.statistics.values()]);
          return { loss: own, bad: part };
        }
        for (const [weight, value] of found.statistics) weight.adopt(value);
        for (const [weight, sum] of found.gradients) {
          sums.get(weight)?.dispose();
          sums.set(weight, sum);
        }
        loss = addedLoss(loss, own);
        unreached = found.unreached;
      }
      const left = new Set(unreached);
      const gradients = new Map([...sums].filter(([weight]) => !left.has(weight)));
      const weights = new Map(trained.map((weight) => [weight, weight.read()]));
      const moved = update({ weights, slots, gradients, learningRate });
      const after = applyStep({ ...moved, statistics: new Map() }, slots);
      return { loss, slots: after, unreached: places(unreached) };
    } finally {
      dispose([...sums.values()]);
    }
  };
}

const places = (weights: readonly Weight[]) => weights.map(({ place }) => place);

function tryFinally<T>(run: () => T, after: () => void): T {
  try {
    return run();
  } finally {
    after();
  }
}
