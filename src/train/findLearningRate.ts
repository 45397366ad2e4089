import { air } from '../core/air.ts';
import { factsOf, type HasParts, walk } from '../core/block.ts';
import { isWeight } from '../core/weight.ts';
import type { ImageCache } from '../data/batchCache.ts';
import type { Loaders } from '../data/loaders.ts';
import { startLoaders } from '../data/loadersStart.ts';
import type { Sample } from '../data/sample.ts';
import type { Predictor } from '../model/predict.ts';
import { disposeSlots } from './applyStep.ts';
import { applyGroups } from './groups.ts';
import {
  type LearningRatePoint,
  type LearningRateSuggestion,
  smoother,
  suggestLearningRate,
} from './learningRatePoints.ts';
import { checkRecipe, optimizerOf, type Recipe } from './recipe.ts';
import { runBatches, stepsInEpoch } from './runBatches.ts';
import { engineFor, type RunOn } from './runOn.ts';
import { runStep } from './runStep.ts';
import { slotsFor, trainedWeights } from './state.ts';

export interface FindLearningRateOptions {
  readonly data: readonly Sample[];
  /** Its schedule is not looked at. */
  readonly recipe: Recipe;
  /** The first rate. Default 1e-7. */
  readonly from?: number;
  /** The last. Default 10. */
  readonly to?: number;
  /** Steps from one to the other. Default 100. */
  readonly steps?: number;
  /** How the rate grows: by a factor, as in fastai, or by an amount, as in Smith's paper. Default `exponential`. */
  readonly sweep?: 'exponential' | 'linear';
  /** Share of the smoothed loss that stays at each step. Default 0.98. */
  readonly smoothing?: number;
  /** The test ends where the smoothed loss is so many times its lowest. Default 4. */
  readonly stopAbove?: number;
  /** Of data order, augmentation and drop connect. Default 0. */
  readonly seed?: number;
  /** Hears of each step. */
  readonly onPoint?: (point: LearningRatePoint) => void;
  /** Ends the test, with what it has found. */
  readonly signal?: AbortSignal;
  /** As of `train`. */
  readonly cache?: ImageCache;
  readonly on?: RunOn;
  readonly ahead?: number;
  readonly workers?: number | Loaders;
  readonly onBad?: (id: string, error: unknown) => void;
}

export interface FoundLearningRate {
  readonly points: readonly LearningRatePoint[];
  /** Undefined where the test was too short to say. */
  readonly suggestion: LearningRateSuggestion | undefined;
  /** Why it ended: at its last rate, at a loss that was far above its lowest or not finite, or by its signal. */
  readonly why: 'done' | 'diverged' | 'stopped';
}

/**
 * A learning rate range test: steps of a recipe whose rate grows from one to the next, until the loss does too. The model is
 * as it was afterwards, to the bit.
 *
 * @throws RangeError for options that cannot be; Error naming an image that cannot be read
 * @see Smith, Cyclical learning rates, 2017, section 3.3; fastai, Learner.lr_find
 */
export async function findLearningRate(model: Predictor, options: FindLearningRateOptions): Promise<FoundLearningRate> {
  const {
    data,
    recipe,
    steps = 100,
    smoothing = 0.98,
    stopAbove = 4,
    seed = 0,
    onPoint,
    signal,
    cache,
    ahead,
    onBad,
  } = options;
  checkRecipe(recipe);
  check(options);
  stepsInEpoch(data.length, recipe);
  const restore = await remembered(model);
  const rules = applyGroups(model, recipe.groups ?? []);
  const trained = trainedWeights(model);
  const target = await engineFor(options.on);
  const runner = runStep(model, { recipe, rules, trained, target, seed });
  let slots = slotsFor(optimizerOf(recipe), trained);
  const { loaders: workers, dispose: endLoaders } = startLoaders('findLearningRate', data, options.workers);
  const points: LearningRatePoint[] = [];
  const smooth = smoother(smoothing);
  let lowest = Number.POSITIVE_INFINITY;

  /** Takes the next step. @returns whether it has diverged */
  const step = async (images: Parameters<typeof runner.attempt>[0], epoch: number) => {
    const rate = rateOf(options, points.length);
    const given = { step: points.length + 1, epoch, learningRate: rate, statistics: 'batch', slots } as const;
    const taken = await runner.attempt(images, given);
    if ('bad' in taken) return true;
    slots = taken.slots;
    const loss = taken.loss.total ?? Number.NaN;
    const point = { rate, loss, smoothed: smooth(loss) };
    points.push(point);
    onPoint?.(point);
    lowest = Math.min(lowest, point.smoothed);
    return point.smoothed > stopAbove * lowest;
  };
  const sweep = async () => {
    const order = { recipe, size: model.inputSize, seed, from: 0, cache, ahead, workers, onBad };
    for (let epoch = 0; ; epoch++)
      for await (const images of runBatches(data, { ...order, epoch })) {
        if (signal?.aborted) return 'stopped';
        if (await step(images, epoch)) return 'diverged';
        if (points.length === steps) return 'done';
        await air();
      }
  };

  try {
    const why = await sweep();
    return { points, suggestion: suggestLearningRate(points, steps), why };
  } finally {
    endLoaders();
    runner.dispose();
    disposeSlots(slots);
    restore();
  }
}

/** The rate of a step, from 0. */
function rateOf({ from = 1e-7, to = 10, steps = 100, sweep = 'exponential' }: FindLearningRateOptions, step: number) {
  const part = step / (steps - 1);
  return sweep === 'exponential' ? from * (to / from) ** part : from + (to - from) * part;
}

function check({ from = 1e-7, to = 10, steps = 100, sweep, smoothing = 0.98, stopAbove = 4 }: FindLearningRateOptions) {
  const where = 'findLearningRate';
  if (!(from > 0 && to > from && Number.isFinite(to)))
    throw new RangeError(`${where}: from is ${from} and to ${to}; rates must be above 0 and grow`);
  if (!(Number.isInteger(steps) && steps >= 2))
    throw new RangeError(`${where}: steps is ${steps}; it must be a whole number of at least 2`);
  if (!['exponential', 'linear'].includes(sweep ?? 'linear'))
    throw new RangeError(`${where}: sweep is '${sweep}'; it must be exponential or linear`);
  if (!(smoothing >= 0 && smoothing < 1))
    throw new RangeError(`${where}: smoothing is ${smoothing}; it must be at least 0 and below 1`);
  if (!(stopAbove > 1)) throw new RangeError(`${where}: stopAbove is ${stopAbove}; it must be above 1`);
}

/** Copies what a step or a recipe changes of a model. @returns puts it back */
async function remembered(model: HasParts): Promise<() => void> {
  const undo: (() => void)[] = [];
  for (const [, part] of walk(model)) {
    if (!isWeight(part)) {
      const facts = factsOf(part);
      const { statistics } = facts;
      undo.push(() => {
        facts.statistics = statistics;
      });
      continue;
    }
    const { trainable } = part;
    const values = Float32Array.from(await part.read().data<'float32'>());
    undo.push(() => {
      part.trainable = trainable;
      part.write(values);
    });
  }
  return () => {
    for (const back of undo) back();
  };
}
