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
  sgd,
  ssdHead,
  ssdLoss,
  trainStep,
  weights,
} from 'pyramidion';
import { useBackend, type WasmEngine } from 'pyramidion/engine';
import { type Profile, profile } from '../src/trace/profile.ts';

const batch = 2;
const side = 224;
const rounds = 12;
const anchors = 6 * (28 * 28 + 14 * 14 + 7 * 7 + 4 * 4 + 2 * 2);

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
}

/** B0, bifpn C3-C5 -> P3-P7 (64 channels, 3 cells), ssdHead (6 anchors, 2 classes), SSD loss, SGD with momentum, on the current backend. */
export function prepare(how: 'plain' | 'compiled' | WasmEngine): TimedStep {
  const model = detector({
    backbone: efficientNetB0(),
    neck: bifpn({ from: 'P3', to: 'P7', channels: 64, cells: 3 }),
    head: ssdHead({
      levels: ['P3', 'P4', 'P5', 'P6', 'P7'],
      anchors: baselineAnchors({ sides: [16, 32, 64, 128, 192] }),
      labels: ['person'],
    }),
    inputSize: [side, side],
  });
  const optimizer = sgd({ momentum: 0.9 });
  const plain = trainStep({
    model,
    optimizer,
    loss: (predictions, { classes, boxes, positives }: Targets) => ({
      ...ssdLoss({ ...predictions, classes, targets: boxes, positives }),
    }),
  });
  const target = typeof how === 'object' ? { target: how } : {};
  const step = how === 'plain' ? plain : compile(plain, { root: model, ...target });
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  let slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
  const marks = Int32Array.from({ length: batch * anchors }, (_, i) => (i % 211 === 0 ? 1 : 0));
  const images = randomUniform([batch, side, side, 3], 0, 255, 'float32', 1) as Tensor4D;
  const targets: Targets = {
    classes: tensor2d(marks, [batch, anchors], 'int32'),
    boxes: zeros([batch, anchors, 4]),
    positives: scalar(marks.reduce((sum, mark) => sum + mark, 0)),
  };
  const learningRate = fill([], 0.01) as Scalar;
  const inputs = () => {
    const values = new Map(trained.map((weight) => [weight, weight.read()]));
    return { weights: values, slots, images, targets, learningRate };
  };
  const run = async () => {
    const given = inputs();
    const start = performance.now();
    const results = step(given);
    const loss = (await results.loss.total.data())[0] ?? Number.NaN; // waits for the work
    for (const [weight, value] of [...results.weights, ...results.statistics]) weight.write(value);
    const old = [...results.slots.keys()].map((weight) => slots.get(weight) ?? {});
    slots = new Map([...slots, ...results.slots]);
    for (const slot of old) dispose({ ...slot });
    dispose([...Object.values(results.loss), ...results.weights.values(), ...results.statistics.values()]);
    const time = performance.now() - start;
    if (!Number.isFinite(loss)) throw new Error(`train-step: the loss is ${loss}`);
    return time;
  };
  return Object.assign(run, {
    profile: (on: WasmEngine) => profile(plain, [inputs()], { target: on, root: model, rounds }),
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

/** A whole training step on tfjs wasm with our kernels, one thread, beside tfjs-node where PYRAMIDION_TFJS_NODE names a folder that has it. */
export async function run(): Promise<{ ratio: number }> {
  const folder = process.env.PYRAMIDION_TFJS_NODE;
  await useBackend('wasm');
  const runs = [
    { name: 'wasm, compiled as train does', backend: 'wasm', step: prepare('compiled'), times: [] as number[] },
    { name: 'wasm, plain ops', backend: 'wasm', step: prepare('plain'), times: [] },
  ];
  if (folder !== undefined) {
    await useBackend('tensorflow', {
      load: async () => createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node'),
    });
    runs.push({ name: 'tfjs-node, plain ops', backend: 'tensorflow', step: prepare('plain'), times: [] });
  }
  for (let round = -2; round < rounds; round++)
    for (const { backend, step, times } of runs) {
      await setBackend(backend);
      const time = await step();
      if (round >= 0) times.push(time); // the first two warm up
    }
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, ${rounds} rounds interleaved`,
  );
  const theirs = Math.min(...(runs[2]?.times ?? [Number.NaN]));
  for (const { name, backend, step, times } of runs) {
    await setBackend(backend);
    const peak = backend === 'wasm' ? `, ${((await peakBytes(step)) / 1e6).toFixed(0)} MB of tensors at most` : '';
    const fastest = Math.min(...times);
    console.log(
      `${name}: ${fastest.toFixed(0)} ms a step, minimum, ${(fastest / theirs).toFixed(2)} of tfjs-node${peak}`,
    );
  }
  const ratio = Math.min(...(runs[0]?.times ?? [])) / theirs;
  console.log(
    folder === undefined
      ? 'train-step: tfjs-node was not run; set PYRAMIDION_TFJS_NODE'
      : `train-step ratio=${ratio.toFixed(2)}`,
  );
  return { ratio };
}
