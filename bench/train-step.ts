import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { engine, setBackend, version_core as tfjs } from '@tensorflow/tfjs-core';
import { compile, type Profile, profile, weights } from 'pyramidion';
import { useBackend, type WasmEngine } from 'pyramidion/engine';
import { detectors, donate, type ProblemSettings, problem } from './trainProblem.ts';

export const batch = 2;
export const side = 224;
const rounds = 12;
export const anchors = 6 * (28 * 28 + 14 * 14 + 7 * 7 + 4 * 4 + 2 * 2);

/** Milliseconds of one step more. */
export interface TimedStep {
  (): Promise<number>;
  /** Its commands on an engine, one by one, without what goes in and out. */
  readonly profile: (target: WasmEngine) => Profile;
  /** What the last step's loss was. */
  readonly loss: () => number;
}

/** How many numbers of the network are trained. */
export const parameters = (): number =>
  [...weights(detectors.b0([side, side])).values()]
    .filter(({ trainable }) => trainable)
    .reduce((sum, { shape = [] }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Of a step that is not the bench's own. */
export interface StepSettings extends ProblemSettings {
  /** Default 224x224. */
  readonly inputSize?: readonly [height: number, width: number];
}

/** The step of the network at an input size, on the current backend. */
export function prepare(
  how: 'plain' | 'compiled' | WasmEngine,
  { inputSize = [side, side], ...settings }: StepSettings = {},
): TimedStep {
  const { model, step: plain, inputs, take } = problem(detectors.b0(inputSize), batch, settings);
  const target = typeof how === 'object' ? { target: how } : {};
  const step = how === 'plain' ? plain : compile(plain, { root: model, donate, ...target });
  let loss = Number.NaN;
  const run = async () => {
    const taken = await take(step);
    loss = taken.loss;
    return taken.milliseconds;
  };
  return Object.assign(run, {
    profile: (on: WasmEngine) => profile(plain, [inputs()], { target: on, root: model, rounds }),
    loss: () => loss,
  });
}

/** The most bytes of tensors that there were at once while a step ran. */
async function peakBytes(step: () => Promise<number>): Promise<number> {
  let peak = 0;
  const { runKernel } = engine();
  engine().runKernel = function (this: ReturnType<typeof engine>, ...args: Parameters<typeof runKernel>) {
    const result = runKernel.apply(this, args);
    peak = Math.max(peak, this.state.numBytes);
    return result;
  } as typeof runKernel;
  try {
    await step();
  } finally {
    engine().runKernel = runKernel;
  }
  return peak;
}

/** One who takes steps, on a backend of tfjs. */
export interface Stepper {
  readonly name: string;
  readonly backend: 'wasm' | 'tensorflow';
  readonly step: TimedStep;
}

/**
 * Takes steps in turn, with tfjs-node last where PYRAMIDION_TFJS_NODE names a folder that has it. Milliseconds, the minimum of
 * each; undefined for tfjs-node where it is not there.
 */
export async function inTurn(
  ours: readonly Stepper[],
): Promise<{ readonly least: readonly number[]; readonly theirs: number | undefined }> {
  const folder = process.env.PYRAMIDION_TFJS_NODE;
  const native = folder === undefined ? [] : [await tfjsNode(folder)];
  const runs = [...ours, ...native].map((one) => ({ ...one, times: [] as number[] }));
  for (let round = -2; round < rounds; round++)
    for (const { backend, step, times } of runs) {
      await setBackend(backend);
      const time = await step();
      if (round >= 0) times.push(time); // the first two warm up
    }
  const least = runs.map(({ times }) => Math.min(...times));
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, ${rounds} rounds interleaved, minimum`,
  );
  return { least: least.slice(0, ours.length), theirs: least[ours.length] };
}

async function tfjsNode(folder: string): Promise<Stepper> {
  await useBackend('tensorflow', {
    load: async () => createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node'),
  });
  return { name: 'tfjs-node, plain ops', backend: 'tensorflow', step: prepare('plain') };
}

/** Says what tfjs-node took, and the ratio of a bench as its last line. */
export function conclude(bench: string, ours: number | undefined, theirs: number | undefined): { ratio: number } {
  const ratio = (ours ?? Number.NaN) / (theirs ?? Number.NaN);
  if (theirs !== undefined) console.log(`tfjs-node, plain ops: ${theirs.toFixed(0)} ms a step`);
  console.log(
    theirs === undefined
      ? `${bench}: tfjs-node was not run; set PYRAMIDION_TFJS_NODE`
      : `${bench} ratio=${ratio.toFixed(2)}`,
  );
  return { ratio };
}

/** A whole training step on tfjs wasm with our kernels, one thread, beside tfjs-node. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  const runs = [
    { name: "wasm, compiled, as train({ on: 'backend' }) does", backend: 'wasm', step: prepare('compiled') },
    { name: 'wasm, plain ops', backend: 'wasm', step: prepare('plain') },
  ] as const;
  const { least, theirs } = await inTurn(runs);
  await setBackend('wasm');
  for (const [i, { name, step }] of runs.entries()) {
    const peak = ((await peakBytes(step)) / 1e6).toFixed(0);
    const time = least[i] ?? Number.NaN;
    const part = theirs === undefined ? '' : `, ${(time / theirs).toFixed(2)} of tfjs-node`;
    console.log(`${name}: ${time.toFixed(0)} ms a step${part}, ${peak} MB of tensors at most`);
  }
  return conclude('train-step', least[0], theirs);
}
