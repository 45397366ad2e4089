import { air } from '../core/air.ts';
import type { HasParts } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import type { ImageCache } from '../data/batchCache.ts';
import { type Batch, batches } from '../data/batches.ts';
import { batchCount } from '../data/batchOrder.ts';
import type { Loaders } from '../data/loaders.ts';
import { startLoaders } from '../data/loadersStart.ts';
import type { Sample } from '../data/sample.ts';
import type { Predictor } from '../model/predict.ts';
import { compile } from '../trace/compile.ts';
import { applyStep, disposeSlots, disposeStep, lossNumbers } from './applyStep.ts';
import { type Averages, disposeAverages, firstAverages, withAverages } from './averages.ts';
import { bringHome } from './bringHome.ts';
import { type CardOptions, metricsOf, modelCard } from './card.ts';
import { emaDecay, emaOn } from './ema.ts';
import { badLoss, badWeights, firstNotFinite, type NamedStep } from './finite.ts';
import { applyGroups, type GroupRule } from './groups.ts';
import type { Optimizer, Slots } from './optimizer.ts';
import { checkRecipe, optimizerOf, type Recipe } from './recipe.ts';
import type { LossNumbers, Report, Validation } from './report.ts';
import { engineFor, type RunOn } from './runOn.ts';
import { afterValidation, firstPlateau, rateAt } from './schedule.ts';
import {
  type CheckpointRecord,
  checkResume,
  type RunState,
  readCheckpoint,
  slotsFor,
  trainedWeights,
  writeCheckpoint,
} from './state.ts';
import { trainStep } from './step.ts';
import { stepInputs } from './stepInputs.ts';
import { stopwatch } from './stopwatch.ts';
import { lossOf } from './targets.ts';
import { checkValidation, type ValidationOptions, validate } from './validate.ts';

/** Where checkpoints go. */
export interface CheckpointStore {
  readonly save: (name: 'last' | 'best', bytes: Uint8Array, record: CheckpointRecord) => Promise<void>;
}

export interface TrainOptions {
  readonly data: readonly Sample[];
  readonly recipe: Recipe;
  readonly validation?: ValidationOptions;
  /** Of data order, augmentation and drop connect. Default 0, or the checkpoint's. */
  readonly seed?: number;
  /** Hears of the start, each step, each epoch before it is saved, and the end. The run waits for a promise. */
  readonly onReport?: (report: Report) => unknown;
  /** Finishes the step under way, saves and ends the run. */
  readonly signal?: AbortSignal;
  /** Gets the last checkpoint and the best one after each epoch, and the last one when the run is stopped. */
  readonly checkpoints?: CheckpointStore;
  /** What checkpoints say of where the model is from, beside what the run knows itself. */
  readonly card?: CardOptions;
  /** Steps after which the last checkpoint is saved within an epoch too. Default: it is not. */
  readonly saveEvery?: number;
  /** Goes on from this checkpoint, with the same bits as an unbroken run. */
  readonly resume?: Uint8Array;
  /** Images that are decoded already. */
  readonly cache?: ImageCache;
  /** Where the steps run. Default: our engine, in the place of tfjs's backends `cpu` and `wasm`; another backend that was chosen. */
  readonly on?: RunOn;
  /** Batches that are decoded beside the steps. Default 2. */
  readonly ahead?: number;
  /**
   * Workers that read and draw images beside the steps, or how many. Default: one less than there are cores for samples of
   * files in Node, at most 4, else none.
   */
  readonly workers?: number | Loaders;
  /** Called for an image that cannot be read; another takes its place. Default: the run fails, naming it. */
  readonly onBad?: (id: string, error: unknown) => void;
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
 * @throws RangeError for a recipe, data or a checkpoint that cannot be, before anything is changed; Error naming step and
 *   images for a loss or weights that are not finite
 */
export async function train(model: Predictor, options: TrainOptions): Promise<TrainResult> {
  const { data, recipe, validation, onReport = () => {}, signal, checkpoints, saveEvery } = options;
  checkRecipe(recipe);
  if (validation) checkValidation(validation);
  if (saveEvery !== undefined && !(Number.isInteger(saveEvery) && saveEvery >= 1))
    throw new RangeError(`train: saveEvery is ${saveEvery}; it must be a whole number of steps`);
  const { epochs, schedule, batch, clip, clipNorm, storedFrom = 1 } = recipe;
  const rules = applyGroups(model, recipe.groups ?? []);
  const trained = trainedWeights(model);
  const optimizer = optimizerOf(recipe);
  const own = ownRules(recipe, rules);
  const toLessen = lossOf(model, recipe);
  const cuts = { ...(clip ? { clip } : {}), ...(clipNorm ? { clipNorm } : {}) };
  const target = await engineFor(options.on);
  const stepOver = (statistics: 'batch' | 'stored') => {
    const plain = trainStep({ model, optimizer, own, loss: toLessen, statistics, ...cuts });
    return compile(plain, {
      root: model,
      label: 'train',
      donate: { inputs: ['weights', 'slots'], ifFinite: ['loss'] },
      ...(target ? { target } : {}),
    });
  };
  const [early, late] = [stepOver('batch'), stepOver('stored')];
  const ema = emaOn(target);
  const stepsPerEpoch = batchCount(data.length, recipe);
  const steps = stepsPerEpoch * epochs;

  let { slots, state, averages } = begin(model, trained, optimizer, options);
  const { seed } = state;
  const card = modelCard(model, options.card ?? {}, { data, held: validation?.data });
  const clock = stopwatch(state.step, batch);
  let before: NamedStep | undefined;
  let result: Validation | undefined;
  const save = async (names: readonly ('last' | 'best')[], tell = (): unknown => undefined) => {
    clock.begin('saving');
    const bad = await firstNotFinite(model);
    if (before && bad !== undefined) throw badWeights(before, bad);
    await tell(); // before it is saved: a resume that began after it would never tell it
    if (!checkpoints) return;
    const record: CheckpointRecord = { format: 'pyramidion-checkpoint/1', state, recipe, card };
    const bytes = await writeCheckpoint(model, slots, record, averages);
    for (const name of names) await checkpoints.save(name, bytes, record);
  };
  const take = async ({ ids, ...images }: Batch) => {
    const rate = rateAt(schedule, { ...state, steps });
    const step = state.step < storedFrom * steps ? early : late;
    const { inputs, dispose } = stepInputs(model, images, { recipe, trained, slots, rate, seed, step: state.step });
    const results = tryFinally(() => step(inputs), dispose);
    const loss = await lossNumbers(results);
    const now = { step: state.step + 1, epoch: state.epoch, ids };
    if (!Object.values(loss).every(Number.isFinite)) {
      const error = await badLoss(model, loss, { before, now, results });
      disposeStep(results);
      throw error;
    }
    slots = applyStep(results, slots);
    if (averages) averages = ema.move(averages, (weight) => weight.read(), emaDecay(recipe.ema ?? {}, now.step));
    before = now;
    const stepInEpoch = state.stepInEpoch + 1;
    state = { ...state, step: now.step, stepInEpoch, lossSums: added(state.lossSums, loss) };
    return { loss, learningRate: rate, unreached: results.unreached.map(({ place }) => place) };
  };

  const { loaders, dispose: endLoaders } = startLoaders('train', data, options.workers);
  try {
    await onReport({
      kind: 'start',
      card,
      recipe,
      seed,
      images: data.length,
      stepsPerEpoch,
      epoch: state.epoch,
      step: state.step,
    });
    let told = false;
    while (state.epoch < epochs && !signal?.aborted) {
      const { epoch } = state;
      clock.begin('waiting');
      const batched = { ...batchOptions(model, options, state), ...(loaders ? { workers: loaders } : {}) };
      for await (const images of batches(data, batched)) {
        clock.begin('steps');
        const { unreached, ...taken } = await take(images);
        const at = { kind: 'step', epoch, epochs, step: state.step, steps } as const;
        const news = !told && unreached.length > 0 ? { unreached } : {};
        await onReport({ ...at, ...taken, ...clock.pace(state.step, steps), ...news });
        told = true;
        await air();
        if (signal?.aborted) break;
        if (saveEvery !== undefined && state.step % saveEvery === 0 && state.stepInEpoch < stepsPerEpoch)
          await save(['last']);
        clock.begin('waiting');
      }
      if (signal?.aborted) break;

      const loss = Object.fromEntries(Object.entries(state.lossSums).map(([part, sum]) => [part, sum / stepsPerEpoch]));
      clock.begin('validation');
      const due = validation && ((epoch + 1) % (validation.every ?? 1) === 0 || epoch + 1 === epochs);
      const judge = (by: ValidationOptions) =>
        withAverages(averages, () => validate(model, by, { ...options, recipe }));
      const judged = due ? await unlessStopped(judge(validation), signal) : undefined;
      if (judged === 'stopped') break; // a resume begins with the validation
      result = judged;
      const score = result?.missRate?.logAverage ?? result?.loss.total;
      const best = score !== undefined && (state.best === undefined || score < state.best);
      const watched = validation ? result?.loss.total : loss.total;
      state = {
        ...state,
        epoch: epoch + 1,
        stepInEpoch: 0,
        lossSums: {},
        metrics: metricsOf(epoch + 1, loss, result ?? state.metrics?.validation),
        ...(best ? { best: score } : {}),
        plateau: watched === undefined ? state.plateau : afterValidation(schedule, state.plateau, watched),
      };
      const ended = { epoch, epochs, step: state.step, loss, best, spent: clock.spent() };
      const report: Report = { kind: 'epoch', ...ended, ...(result ? { validation: result } : {}) };
      await save(best ? ['last', 'best'] : ['last'], () => onReport(report));
    }
    const why = state.epoch < epochs ? 'stopped' : 'done';
    if (why === 'stopped') await save(['last']);
    const spent = clock.spent();
    await onReport({ kind: 'end', why, epoch: state.epoch, step: state.step, seconds: clock.seconds(), spent });
    return { why, state, validation: result };
  } finally {
    endLoaders();
    await bringHome(model).catch(() => {}); // where its worker has ended, the run has failed for that already
    early.dispose();
    late.dispose();
    ema.dispose();
    disposeSlots(slots);
    disposeAverages(averages);
  }
}

/** What the groups of a recipe mean for a step. */
function ownRules(recipe: Recipe, rules: ReadonlyMap<Weight, GroupRule>) {
  const decaying = new Map<number, Optimizer>();
  return (weight: Weight): { readonly optimizer?: Optimizer; readonly rate?: number } => {
    const { rate = 1, weightDecay } = rules.get(weight) ?? {};
    if (weightDecay === undefined) return { rate };
    const optimizer =
      decaying.get(weightDecay) ?? optimizerOf({ ...recipe, optimizer: { ...recipe.optimizer, weightDecay } });
    decaying.set(weightDecay, optimizer);
    return { rate, optimizer };
  };
}

/** Where a run begins: at its first step, or where a checkpoint was. */
function begin(
  model: HasParts,
  trained: readonly Weight[],
  optimizer: Optimizer,
  { resume, recipe, data: { length: images }, seed }: TrainOptions,
): { slots: ReadonlyMap<Weight, Slots>; state: RunState; averages: Averages | undefined } {
  const slots = slotsFor(optimizer, trained);
  if (!resume) {
    const plateau = firstPlateau(recipe.schedule);
    const averages = recipe.ema ? firstAverages(model) : undefined;
    return {
      slots,
      averages,
      state: { epoch: 0, stepInEpoch: 0, step: 0, seed: seed ?? 0, images, plateau, lossSums: {} },
    };
  }
  const accept = (record: CheckpointRecord) => checkResume(record, { seed, images, recipe });
  const read = tryFinally(
    () => readCheckpoint(model, slots, resume, { accept }),
    () => disposeSlots(slots),
  );
  if (recipe.ema && read.averages.size > 0)
    return { slots: read.slots, averages: read.averages, state: { ...read.record.state, images } };
  disposeAverages(read.averages);
  const averages = recipe.ema ? firstAverages(model) : undefined; // of a run that has had none so far
  return { slots: read.slots, averages, state: { ...read.record.state, images } };
}

const batchOptions = (
  { inputSize }: Predictor,
  { recipe, cache, ahead, onBad }: TrainOptions,
  { seed, epoch, stepInEpoch }: RunState,
) => ({
  ...recipe.fit,
  ...recipe.cut,
  size: inputSize,
  batch: recipe.batch,
  ...(recipe.last ? { last: recipe.last } : {}),
  seed,
  epoch,
  progress: epoch / recipe.epochs,
  augment: recipe.augment ?? [],
  from: stepInEpoch,
  ...(cache ? { cache } : {}),
  ...(ahead === undefined ? {} : { ahead }),
  ...(onBad ? { onBad } : {}),
});

const added = (sums: LossNumbers, loss: LossNumbers): LossNumbers =>
  Object.fromEntries(Object.entries(loss).map(([part, value]) => [part, (sums[part] ?? 0) + value]));

function tryFinally<T>(run: () => T, after: () => void): T {
  try {
    return run();
  } finally {
    after();
  }
}

/** What comes of work that a signal may end, or `stopped` if it has. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | 'stopped'> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted) return 'stopped';
    throw error;
  }
}
