import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  dispose,
  engine,
  fill,
  randomUniform,
  type Scalar,
  scalar,
  setBackend,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  version_core as tfjs,
  zeros,
} from '@tensorflow/tfjs-core';
import {
  baselineAnchors,
  bifpn,
  compile,
  detector,
  efficientNetB0,
  firstSlots,
  type Profile,
  profile,
  type Slots,
  sgd,
  ssdHead,
  ssdLoss,
  trainStep,
  type Weight,
  weights,
} from 'pyramidion';
import { useBackend, type WasmEngine } from 'pyramidion/engine';
import { applyStep } from '../src/train/applyStep.ts';

export const batch = 2;
export const side = 224;
const rounds = 12;
export const anchors = 6 * (28 * 28 + 14 * 14 + 7 * 7 + 4 * 4 + 2 * 2);

interface Targets {
  readonly classes: Tensor2D;
  readonly boxes: Tensor3D;
  readonly positives: Scalar;
}

/** Milliseconds of one step more. */
export interface TimedStep {
  (): Promise<number>;
  /** Its commands on an engine, one by one, without what goes in and out. */
  readonly profile: (target: WasmEngine) => Profile;
  /** What the last step's loss was. */
  readonly loss: () => number;
}

/** B0, bifpn C3-C5 -> P3-P7 (64 channels, 3 cells), ssdHead (6 anchors, 2 classes). */
const network = (inputSize: readonly [number, number] = [side, side]) =>
  detector({
    backbone: efficientNetB0(),
    neck: bifpn({ from: 'P3', to: 'P7', channels: 64, cells: 3 }),
    head: ssdHead({
      levels: ['P3', 'P4', 'P5', 'P6', 'P7'],
      anchors: baselineAnchors({ sides: [16, 32, 64, 128, 192] }),
      labels: ['person'],
    }),
    inputSize,
  });

/** How many numbers of the network are trained. */
export const parameters = (): number =>
  [...weights(network()).values()]
    .filter(({ trainable }) => trainable)
    .reduce((sum, { shape = [] }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Of a step that is not the bench's own. */
export interface StepSettings {
  /** Default 224x224. */
  readonly inputSize?: readonly [height: number, width: number];
  /** Learning rate. Default 0.01. */
  readonly rate?: number;
  /** Joint norm that gradients are clipped to. Default: they are not. */
  readonly clipNorm?: number;
}

/** The network at an input size, SSD loss, SGD with momentum at a rate, on the current backend. */
export function prepare(
  how: 'plain' | 'compiled' | WasmEngine,
  { inputSize = [side, side], rate = 0.01, clipNorm }: StepSettings = {},
): TimedStep {
  const model = network(inputSize);
  const count = model.anchors.length / 4;
  const optimizer = sgd({ momentum: 0.9 });
  const plain = trainStep({
    model,
    optimizer,
    ...(clipNorm !== undefined && { clipNorm }),
    loss: (predictions, { classes, boxes, positives }: Targets) => ({
      ...ssdLoss({ ...predictions, classes, targets: boxes, positives }),
    }),
  });
  const target = typeof how === 'object' ? { target: how } : {};
  const step =
    how === 'plain'
      ? plain
      : compile(plain, { root: model, donate: { inputs: ['weights', 'slots'], ifFinite: ['loss'] }, ...target });
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  let slots: Map<Weight, Slots> = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
  const marks = Int32Array.from({ length: batch * count }, (_, i) => (i % 211 === 0 ? 1 : 0));
  const images = randomUniform([batch, ...inputSize, 3], 0, 255, 'float32', 1) as Tensor4D;
  const targets: Targets = {
    classes: tensor2d(marks, [batch, count], 'int32'),
    boxes: zeros([batch, count, 4]),
    positives: scalar(marks.reduce((sum, mark) => sum + mark, 0)),
  };
  const learningRate = fill([], rate) as Scalar;
  let loss = Number.NaN;
  const inputs = () => {
    const values = new Map(trained.map((weight) => [weight, weight.read()]));
    return { weights: values, slots, images, targets, learningRate };
  };
  const run = async () => {
    const given = inputs();
    const start = performance.now();
    const results = step(given);
    loss = (await results.loss.total.data())[0] ?? Number.NaN; // waits for the work
    slots = applyStep(results, slots);
    dispose(Object.values(results.loss));
    const time = performance.now() - start;
    if (!Number.isFinite(loss)) throw new Error(`train-step: the loss is ${loss}`);
    return time;
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
