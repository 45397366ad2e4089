import { air } from '../core/air.ts';
import { startLoaders } from '../data/loadersStart.ts';
import type { Predictor } from '../model/predict.ts';
import { disposeSlots } from './applyStep.ts';
import { disposeAverages, withAverages } from './averages.ts';
import { begin } from './begin.ts';
import { bringHome } from './bringHome.ts';
import { modelCard } from './card.ts';
import { emaDecay, emaOn } from './ema.ts';
import { afterRunEpoch } from './epochEnd.ts';
import type { NamedStep } from './finite.ts';
import { applyGroups } from './groups.ts';
import { addedLoss, meanLoss } from './lossSums.ts';
import { optimizerOf } from './recipe.ts';
import type { Validation } from './report.ts';
import { imagesPerStep, orLost, runBatches, stepsInEpoch } from './runBatches.ts';
import { engineFor } from './runOn.ts';
import { runSaver } from './runSaver.ts';
import { runStep } from './runStep.ts';
import { rateAt } from './schedule.ts';
import { trainedWeights } from './state.ts';
import { isOver } from './stopEarly.ts';
import { stopwatch } from './stopwatch.ts';
import type { TrainOptions, TrainResult } from './trainOptions.ts';
import { validate } from './validate.ts';

/** The epochs and steps of a run, of options that were checked. */
export async function trainLoop(model: Predictor, options: TrainOptions): Promise<TrainResult> {
  const { data, recipe, validation, keep = 0, onReport = () => {}, signal, saveEvery, cache, ahead, onBad } = options;
  const { epochs, schedule, storedFrom = 1 } = recipe;
  const stepsPerEpoch = stepsInEpoch(data.length, recipe);
  const steps = stepsPerEpoch * epochs;
  const rules = applyGroups(model, recipe.groups ?? []);
  const trained = trainedWeights(model);
  const target = await engineFor(options.on);
  const ema = emaOn(target);

  const card = modelCard(model, options.card ?? {}, { data, held: validation?.data });
  let { slots, state, averages } = begin(model, trained, optimizerOf(recipe), { ...options, card });
  let before: NamedStep | undefined;
  let result: Validation | undefined;
  const { seed } = state;
  const runner = runStep(model, { recipe, rules, trained, target, seed });
  const saver = runSaver(model, { ...options, card });
  const progress = () => ({ slots, state, averages });
  const clock = stopwatch(state.step, imagesPerStep(recipe));
  const save = async () => {
    clock.begin('saving');
    await saver.save(progress(), before);
  };
  const lost = (error: unknown) => saver.saveLost(error, progress(), before);
  const isDone = () => state.epoch >= epochs || isOver(recipe.stopEarly, state.stopEarly);

  const { loaders: workers, dispose: endLoaders } = startLoaders('train', data, options.workers);
  try {
    const place = { epoch: state.epoch, step: state.step };
    await onReport({ kind: 'start', card, recipe, seed, images: data.length, stepsPerEpoch, ...place });
    state = await saver.tidy(state);
    let isTold = false;
    while (!isDone() && !signal?.aborted) {
      const { epoch } = state;
      const order = {
        recipe,
        size: model.inputSize,
        seed,
        epoch,
        from: state.stepInEpoch,
        cache,
        ahead,
        workers,
        onBad,
      };
      clock.begin('waiting');
      for await (const images of orLost(runBatches(data, order), lost)) {
        clock.begin('steps');
        const now = { step: state.step + 1, epoch, ids: images.ids };
        const learningRate = rateAt(schedule, { ...state, steps });
        const statistics = state.step < storedFrom * steps ? 'batch' : 'stored';
        const { loss, unreached, ...taken } = await runner.take(images, {
          ...now,
          ...{ learningRate, statistics, slots, before },
        });
        slots = taken.slots;
        if (averages) averages = ema.move(averages, (weight) => weight.read(), emaDecay(recipe.ema ?? {}, now.step));
        before = now;
        const lossSums = addedLoss(state.lossSums, loss);
        state = { ...state, step: now.step, stepInEpoch: state.stepInEpoch + 1, lossSums };

        const at = { kind: 'step', epoch, epochs, step: state.step, steps, loss, learningRate } as const;
        const news = !isTold && unreached.length > 0 ? { unreached } : {};
        await onReport({ ...at, ...clock.pace(state.step, steps), ...news });
        isTold = true;
        await air();
        if (signal?.aborted) break;
        if (saveEvery !== undefined && state.step % saveEvery === 0 && state.stepInEpoch < stepsPerEpoch) await save();
        clock.begin('waiting');
      }
      if (signal?.aborted) break;

      clock.begin('validation');
      if (validation && ((epoch + 1) % (validation.every ?? 1) === 0 || epoch + 1 === epochs)) {
        const judging = withAverages(averages, () => validate(model, validation, options));
        const held = await judging.catch(async (error) => {
          if (signal?.aborted) return 'stopped' as const;
          throw await lost(error);
        });
        if (held === 'stopped') break; // a resume begins with the validation
        result = held;
      } else result = undefined;
      const loss = meanLoss(state.lossSums, stepsPerEpoch);
      const ended = afterRunEpoch(state, recipe, {
        loss,
        validation: result,
        validates: validation !== undefined,
        keep,
      });
      clock.begin('saving');
      await saver.check(before);
      const { best } = ended;
      const told = { epoch, epochs, step: state.step, loss, best, spent: clock.spent() };
      // Before it is saved: a run that is killed in between says it again, and its log forgets what was not saved.
      await onReport({ kind: 'epoch', ...told, ...(result ? { validation: result } : {}) });
      state = ended.state;
      await saver.saveEpoch(progress(), best);
      state = await saver.tidy(state);
    }
    const why = state.epoch >= epochs ? 'done' : isDone() ? 'early' : 'stopped';
    if (why === 'stopped') await save();
    const time = { seconds: clock.seconds(), spent: clock.spent() };
    await onReport({ kind: 'end', why, epoch: state.epoch, step: state.step, ...time });
    return { why, state, validation: result };
  } finally {
    endLoaders();
    await bringHome(model).catch(() => {}); // where its worker has ended, the run has failed for that already
    runner.dispose();
    ema.dispose();
    disposeSlots(slots);
    disposeAverages(averages);
  }
}
