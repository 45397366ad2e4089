/** What rungs cost where nothing else runs meanwhile: a step of training at the study's size, and what the bench `ladder` measures. */
import { cpus } from 'node:os';
import { dispose, type Predictor, type TrainOptions, train } from 'pyramidion';
import { imageCache } from 'pyramidion/data';
import { type WasmEngine, wasmEngine } from 'pyramidion/engine';
import { ladder } from '../ladder.ts';
import { scenesData } from './data.ts';
import { narrowed, recipe, scenesSize } from './settings.ts';

export interface Machine {
  readonly processor: string;
  readonly node: string;
  readonly engine: string;
  /** ISO 8601. */
  readonly date: string;
}

export const machineOf = ({ build, threads }: WasmEngine): Machine => ({
  processor: cpus()[0]?.model ?? 'unknown',
  node: process.versions.node,
  engine: `${build}, ${threads} thread`,
  date: new Date().toISOString().slice(0, 10),
});

/** Steps as `train` takes them, of each rung; seconds. */
export interface StepCosts {
  readonly machine: Machine;
  readonly batch: number;
  readonly steps: number;
  readonly rungs: { readonly [rung: string]: { readonly median: number; readonly least: number } };
}

/** The full-size rungs, one image of 512x640, as `npm run bench -- ladder` finds them. */
export interface FullSizeCosts {
  readonly machine: Machine;
  /** Version of TensorFlow.js. */
  readonly tfjs: string;
  /** A text says why there is nothing of this rung. */
  readonly rungs: { readonly [rung: string]: FullSizeRung | string };
}

/** What is measured of a rung at full size; times in milliseconds. */
export interface FullSizeRung {
  readonly parameters: number;
  /** Multiply-adds of an image. */
  readonly macs: number;
  /** Most bytes of maps that are alive at once, forward. */
  readonly peakBytes: number;
  readonly forward: { readonly ours: number; readonly tfjs: number };
  /** A step of one image; a text says why there is none. */
  readonly step: { readonly ours: number | string; readonly tfjs: number | string };
  /** That the engine's memory grew to for the step. */
  readonly stepBytes: number;
}

/** Trains, and says what each step took: seconds, planning in the first. */
export async function stepSeconds(model: Predictor, options: TrainOptions): Promise<readonly number[]> {
  const seconds: number[] = [];
  let before = performance.now();
  await train(model, {
    ...options,
    onReport: ({ kind }) => {
      if (kind !== 'step') return;
      const now = performance.now();
      seconds.push((now - before) / 1000);
      before = now;
    },
  });
  return seconds;
}

const steps = 40;

/** Trains each rung for some steps, and says what a step took: reading, drawing and moving included, planning not. */
export async function stepCosts(): Promise<StepCosts> {
  const cache = imageCache({ bytes: 1e9 });
  const data = scenesData(0, 8 * recipe.batch).learn;
  const epochs = Math.ceil((steps * recipe.batch) / data.length);
  const rungs: Record<string, StepCosts['rungs'][string]> = {};
  let machine: Machine | undefined;
  for (const [name, make] of Object.entries(ladder)) {
    const model = make(narrowed(scenesSize));
    const engine = await wasmEngine({ threads: 1 });
    machine ??= machineOf(engine);
    const seconds = await stepSeconds(model, { data, recipe: { ...recipe, epochs, storedFrom: 1 }, on: engine, cache });
    const taken = seconds.slice(data.length / recipe.batch).sort((a, b) => a - b); // the first epoch paints and plans
    rungs[name] = { median: rounded(taken[taken.length >> 1]), least: rounded(taken[0]) };
    console.log(`${name.padEnd(22)}${rungs[name].median} s a step`);
    engine.dispose();
    dispose(model);
  }
  if (!machine) throw new RangeError('stepCosts: the ladder has no rungs');
  return { machine, batch: recipe.batch, steps, rungs };
}

const rounded = (value = Number.NaN) => Number(value.toPrecision(3));
