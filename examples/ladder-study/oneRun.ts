/** Trains one run, or goes on with it, and says what came of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { count, dispose, evaluate, type Recipe, settle, summary, train } from 'pyramidion';
import type { ImageCache } from 'pyramidion/data';
import { wasmEngine } from 'pyramidion/engine';
import { type CurvePoint, missRate } from 'pyramidion/evaluate';
import { checkpointFolder, jsonLines, progressBar, readCheckpointFile } from 'pyramidion/node';
import { type Machine, machineOf } from './costs.ts';
import { type StudyData, shuffled } from './data.ts';
import { readLog } from './log.ts';
import type { Run } from './runs.ts';
import { narrowing, type Size } from './settings.ts';

/** What came of a run. Plain data, a file each. */
export interface RunResult {
  readonly id: string;
  readonly data: Run['data'];
  readonly model: string;
  readonly seed: number;
  readonly recipe: Recipe;
  readonly budget: { readonly frames: number; readonly steps: number; readonly size: Size };
  readonly narrowing: number;
  readonly machine: Machine;
  readonly parameters: number;
  readonly statistics: number;
  /** Multiply-adds of an image. */
  readonly macs: number;
  /** Of a step, reading images and other programs beside it included; seconds. */
  readonly step: { readonly median: number; readonly least: number };
  /** Bytes that the engine's memory grew to. */
  readonly engineBytes: number;
  /** [step, mean of the total loss since the entry before]. */
  readonly loss: readonly (readonly [step: number, loss: number])[];
  /** After each epoch, on what the run watched. */
  readonly validations: readonly { readonly step: number; readonly loss: number; readonly missRate: number }[];
  readonly held: Figures;
  /** On the crowded sequence. */
  readonly crowd?: Figures;
}

interface Figures {
  readonly logAverage: number;
  readonly images: number;
  readonly truths: number;
  /** [false positives an image, miss rate], thinned. */
  readonly curve: readonly (readonly [fppi: number, missRate: number])[];
}

/** Where the checkpoints of a run lie. */
export const checkpointsOf = (folder: string): string => join(folder, 'checkpoints');

export async function oneRun(
  run: Run,
  data: StudyData,
  { folder, signal, cache }: { folder: string; signal: AbortSignal; cache: ImageCache },
): Promise<RunResult | undefined> {
  const { recipe, seed } = run;
  const { learn, held, crowd, protocol } = data;
  const model = run.make(data.size);
  settle(model, seed); // first weights of this seed
  const engine = await wasmEngine({ threads: 1 });
  const [log, checkpoints] = [join(folder, 'log.jsonl'), checkpointsOf(folder)];
  const tells = [progressBar(), jsonLines(log)];
  try {
    const { why } = await train(model, {
      data: run.shuffle ? shuffled(learn) : learn,
      recipe,
      seed,
      signal,
      on: engine,
      cache,
      validation: { data: run.watch === 'crowd' && crowd ? crowd : held, protocol },
      checkpoints: checkpointFolder(checkpoints),
      saveEvery: 100,
      onReport: (report) => {
        for (const tell of tells) tell(report);
      },
      ...(existsSync(join(checkpoints, 'last.safetensors'))
        ? { resume: await readCheckpointFile(checkpoints, 'last') }
        : {}),
    });
    if (why === 'stopped') return undefined;
    const judge = async (samples: StudyData['held']): Promise<Figures> => {
      const { images } = await evaluate(model, samples, { batch: recipe.batch, on: engine, cache });
      const { logAverage, images: number, truths, curve } = missRate(images, protocol);
      return { logAverage: rounded(logAverage), images: number, truths, curve: thinned(curve) };
    };
    const known = readLog(log);
    const { parameters, statistics } = count(model);
    return {
      id: run.id,
      data: run.data,
      model: run.model,
      seed,
      recipe,
      budget: { frames: learn.length, steps: known.steps, size: data.size },
      narrowing,
      machine: machineOf(engine),
      parameters,
      statistics,
      macs: summary(model, [1, ...data.size, 3], { name: run.id }).macs,
      step: known.step,
      engineBytes: engine.memory().grown,
      loss: known.loss,
      validations: known.validations,
      held: await judge(held),
      ...(crowd ? { crowd: await judge(crowd) } : {}),
    };
  } finally {
    engine.dispose();
    dispose(model);
  }
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** Where a curve has gone so much further: some sixty points of it. */
function thinned(curve: readonly CurvePoint[]): (readonly [number, number])[] {
  const kept: (readonly [number, number])[] = [];
  for (const [i, { fppi, missRate }] of curve.entries()) {
    const [x = -1, y = 2] = kept.at(-1) ?? [];
    if (fppi > 1.2 * x || missRate < y - 0.02 || i === curve.length - 1) kept.push([rounded(fppi), rounded(missRate)]);
  }
  return kept;
}
