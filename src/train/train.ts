import { fill, type Scalar, type Tensor, type Tensor4D, tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { HasParts } from '../core/block.ts';
import { randomInputs } from '../core/model.ts';
import type { Weight } from '../core/weight.ts';
import type { ImageCache } from '../data/batchCache.ts';
import { batches } from '../data/batches.ts';
import { batchCount } from '../data/batchOrder.ts';
import type { Sample } from '../data/sample.ts';
import type { PostprocessRule } from '../detection/postprocess.ts';
import { missRate } from '../evaluate/missRate.ts';
import { type Protocol, plainProtocol } from '../evaluate/protocol.ts';
import type { Predictor } from '../model/predict.ts';
import { evaluate } from './evaluate.ts';
import type { Slots } from './optimizer.ts';
import { checkRecipe, optimizerOf, type Recipe } from './recipe.ts';
import type { LossNumbers, Report, StepReport, Validation } from './report.ts';
import { afterValidation, firstPlateau, rateAt } from './schedule.ts';
import {
  type CheckpointRecord,
  type RunState,
  readCheckpoint,
  slotsFor,
  trainedWeights,
  writeCheckpoint,
} from './state.ts';
import { type StepResults, trainStep } from './step.ts';
import { lossOf, targetsOf } from './targets.ts';

export interface ValidationOptions {
  readonly data: readonly Sample[];
  /** Default: every person counts unless it is to be ignored. */
  readonly protocol?: Protocol;
  /** What is reported of an image. */
  readonly rule?: PostprocessRule;
  /** Epochs from one validation to the next; the last epoch is always validated. Default 1. */
  readonly every?: number;
}

/** Where checkpoints go. */
export interface CheckpointStore {
  readonly save: (name: 'last' | 'best', bytes: Uint8Array, record: CheckpointRecord) => Promise<void>;
}

export interface TrainOptions {
  readonly data: readonly Sample[];
  readonly recipe: Recipe;
  readonly validation?: ValidationOptions;
  /** Of data order, augmentation and drop connect. Default 0. */
  readonly seed?: number;
  /** Hears of the start, each step, each epoch and the end. */
  readonly onReport?: (report: Report) => void;
  /** Finishes the step under way, saves and ends the run. */
  readonly signal?: AbortSignal;
  readonly checkpoints?: CheckpointStore;
  /** Goes on from this checkpoint, with the same bits as an unbroken run. */
  readonly resume?: Uint8Array;
  /** Images that are decoded already. */
  readonly cache?: ImageCache;
}

export interface TrainResult {
  readonly why: 'done' | 'stopped';
  readonly state: RunState;
  /** The last validation. */
  readonly validation: Validation | undefined;
}

/**
 * Trains a detector on the current backend by a recipe. Images are decoded beside the steps; between steps the event
 * loop gets air. Numbers that are not finite stop the run before they are saved.
 *
 * @throws RangeError for a recipe, data or a checkpoint that cannot be; Error naming step and images for a loss that is
 *   not finite
 */
export async function train(model: Predictor, options: TrainOptions): Promise<TrainResult> {
  const { data, recipe, validation, onReport = () => {}, signal, checkpoints, cache } = options;
  checkRecipe(recipe);
  const trained = trainedWeights(model);
  const optimizer = optimizerOf(recipe);
  const step = trainStep({
    model,
    optimizer,
    loss: lossOf(recipe),
    ...(recipe.clipNorm ? { clipNorm: recipe.clipNorm } : {}),
  });
  const stepsPerEpoch = batchCount(data.length, { batch: recipe.batch });
  const steps = stepsPerEpoch * recipe.epochs;

  let slots = slotsFor(optimizer, trained);
  let state: RunState = {
    epoch: 0,
    stepInEpoch: 0,
    step: 0,
    seed: options.seed ?? 0,
    plateau: firstPlateau(recipe.schedule),
    best: undefined,
    lossSums: {},
  };
  if (options.resume) {
    const read = readCheckpoint(model, slots, options.resume);
    disposeSlots(slots);
    slots = read.slots;
    state = read.record.state;
  }
  const { seed } = state;
  const save = async (name: 'last' | 'best') => {
    if (!checkpoints) return;
    const record: CheckpointRecord = { format: 'pyramidion-checkpoint/1', state, recipe };
    await checkpoints.save(name, await writeCheckpoint(model, slots, record), record);
  };

  onReport({ kind: 'start', recipe, seed, images: data.length, stepsPerEpoch, epoch: state.epoch, step: state.step });
  const clock = stopwatch(state.step);
  let result: Validation | undefined;
  let told = false;
  try {
    while (state.epoch < recipe.epochs) {
      const { epoch } = state;
      const given = {
        ...recipe.fit,
        ...recipe.cut,
        size: model.inputSize,
        batch: recipe.batch,
        seed,
        epoch,
        augment: recipe.augment ?? [],
        from: state.stepInEpoch,
        ...(cache ? { cache } : {}),
      };
      clock.wait();
      for await (const batch of batches(data, given)) {
        clock.work();
        const rate = rateAt(recipe.schedule, { ...state, epochs: recipe.epochs });
        const inputs = stepInputs(model, trained, slots, batch.images, batch.objects, { state, rate, recipe });
        const results = step(inputs);
        const loss = await lossNumbers(results);
        inputs.dispose();
        if (!Object.values(loss).every(Number.isFinite)) {
          const bad = await firstBad(results);
          disposeResults(results);
          throw new Error(
            `train: the loss of step ${state.step + 1} (epoch ${epoch + 1}) is ${loss.total}, of images ${batch.ids.join(', ')}` +
              `${bad ? `; the first weight that would not be finite is ${bad}` : ''}. ` +
              'Lower the learning rate, warm up, or clip the gradients; the last checkpoint is from before',
          );
        }
        slots = apply(results, slots);
        state = {
          ...state,
          stepInEpoch: state.stepInEpoch + 1,
          step: state.step + 1,
          lossSums: Object.fromEntries(
            Object.entries(loss).map(([part, value]) => [part, (state.lossSums[part] ?? 0) + value]),
          ),
        };
        const unreached = results.unreached.map(({ place }) => place);
        const pace = clock.pace(state.step, steps, recipe.batch);
        const report: StepReport = {
          kind: 'step',
          epoch,
          epochs: recipe.epochs,
          step: state.step,
          steps,
          loss,
          learningRate: rate,
          ...pace,
        };
        onReport(!told && unreached.length > 0 ? { ...report, unreached } : report);
        told = true;
        await air();
        if (signal?.aborted) break;
        clock.wait();
      }
      if (signal?.aborted) break;

      const mean = Object.fromEntries(Object.entries(state.lossSums).map(([part, sum]) => [part, sum / stepsPerEpoch]));
      const due = validation && ((epoch + 1) % (validation.every ?? 1) === 0 || epoch + 1 === recipe.epochs);
      result = due ? await validate(model, validation, recipe, cache) : undefined;
      const score = result ? (result.missRate?.logAverage ?? result.loss.total ?? Number.NaN) : undefined;
      const best = score !== undefined && (state.best === undefined || score < state.best);
      const judged = result?.loss.total ?? (validation ? undefined : mean.total);
      state = {
        ...state,
        epoch: epoch + 1,
        stepInEpoch: 0,
        lossSums: {},
        best: best ? score : state.best,
        plateau: judged === undefined ? state.plateau : afterValidation(recipe.schedule, state.plateau, judged),
      };
      await save('last');
      if (best) await save('best');
      onReport({
        kind: 'epoch',
        epoch,
        epochs: recipe.epochs,
        loss: mean,
        best,
        ...(result ? { validation: result } : {}),
      });
    }
    const why = signal?.aborted && state.epoch < recipe.epochs ? 'stopped' : 'done';
    if (why === 'stopped') await save('last');
    onReport({ kind: 'end', why, epoch: state.epoch, step: state.step, seconds: clock.seconds() });
    return { why, state, validation: result };
  } finally {
    disposeSlots(slots);
  }
}

/** Lets timers, decoders and whoever asks for a stop have their turn. */
const air = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const disposeSlots = (slots: ReadonlyMap<Weight, Slots>) => {
  for (const own of slots.values()) for (const slot of Object.values(own)) slot.dispose();
};

/** The tensors of a step, and how to free those that it does not keep. */
function stepInputs(
  model: Predictor,
  trained: readonly Weight[],
  slots: ReadonlyMap<Weight, Slots>,
  pixels: Float32Array,
  objects: Parameters<typeof targetsOf>[1],
  { state, rate, recipe }: { state: RunState; rate: number; recipe: Recipe },
) {
  const [height, width] = model.inputSize;
  const images: Tensor4D = tensor4d(pixels, [objects.length, height, width, 3]);
  const targets = targetsOf(model, objects, recipe);
  const learningRate = fill([], rate) as Scalar;
  const randoms = new Map<HasParts, Tensor>();
  for (const { leaf, shape, values } of randomInputs(model, {
    seed: state.seed,
    step: state.step,
    batch: objects.length,
  }))
    randoms.set(leaf, tensor(values, [...shape]));
  const own = [images, targets.classes, targets.boxes, targets.positives, learningRate, ...randoms.values()];
  return {
    weights: new Map(trained.map((weight) => [weight, weight.read()])),
    slots,
    images,
    targets,
    learningRate,
    randoms,
    dispose: () => {
      for (const made of own) made.dispose();
    },
  };
}

async function lossNumbers({ loss }: StepResults): Promise<LossNumbers> {
  const numbers: { [part: string]: number } = {};
  for (const [part, value] of Object.entries(loss)) {
    numbers[part] = (await value.data())[0] ?? Number.NaN;
    value.dispose();
  }
  return numbers;
}

/** Writes what a step gave into the weights, and frees the rest. The new slots, those of unreached weights as they were. */
function apply(results: StepResults, slots: ReadonlyMap<Weight, Slots>): Map<Weight, Slots> {
  for (const [weight, value] of [...results.weights, ...results.statistics]) {
    weight.write(value);
    value.dispose();
  }
  const next = new Map(slots);
  for (const [weight, own] of results.slots) {
    for (const slot of Object.values(slots.get(weight) ?? {})) slot.dispose();
    next.set(weight, own);
  }
  return next;
}

function disposeResults({ weights, slots, statistics }: StepResults): void {
  for (const value of [...weights.values(), ...statistics.values()]) value.dispose();
  disposeSlots(slots);
}

async function firstBad({ weights }: StepResults): Promise<string | undefined> {
  for (const [weight, value] of weights) {
    const numbers = await value.data();
    if (!numbers.every((n) => Number.isFinite(n))) return weight.place;
  }
  return undefined;
}

async function validate(
  model: Predictor,
  { data, protocol = plainProtocol, rule }: ValidationOptions,
  recipe: Recipe,
  cache: ImageCache | undefined,
): Promise<Validation> {
  const { images, loss } = await evaluate(model, data, {
    batch: recipe.batch,
    recipe,
    ...(recipe.fit ? { fit: recipe.fit } : {}),
    ...(rule ? { rule } : {}),
    ...(cache ? { cache } : {}),
  });
  const counts = images.some(({ truths }) =>
    truths.some(({ label, ignore }) => protocol.labels.includes(label) && ignore === undefined),
  );
  if (!counts) return { loss };
  const { logAverage, images: number, truths, detections } = missRate(images, protocol);
  return { loss, missRate: { logAverage, images: number, truths, detections } };
}

/** Times steps and waits since the run, or its continuation, began. */
function stopwatch(firstStep: number) {
  const start = performance.now();
  let waited = 0;
  let since: number | undefined;
  return {
    wait: () => {
      since = performance.now();
    },
    work: () => {
      if (since !== undefined) waited += performance.now() - since;
      since = undefined;
    },
    seconds: () => (performance.now() - start) / 1000,
    pace: (step: number, steps: number, batch: number) => {
      const spent = performance.now() - start;
      const taken = step - firstStep;
      return {
        imagesPerSecond: (1000 * batch * taken) / spent,
        waiting: waited / spent,
        secondsLeft: ((steps - step) * spent) / taken / 1000,
      };
    },
  };
}
