import {
  fill,
  randomUniform,
  type Scalar,
  scalar,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import {
  type Block,
  baselineAnchors,
  bifpn,
  compile,
  detector,
  efficientNet,
  efficientNetB0,
  efficientNetB4,
  firstSlots,
  type Predictions,
  type Slots,
  sgd,
  ssdHead,
  ssdLoss,
  trainStep,
  type Weight,
  weights,
} from 'pyramidion';
import type { WasmEngine } from 'pyramidion/engine';
import { applyStep, lossNumbers } from '../src/train/applyStep.ts';

const levels = ['P3', 'P4', 'P5', 'P6', 'P7'] as const;
type Size = readonly [height: number, width: number];

const withHead = (inputSize: Size, backbone: ReturnType<typeof efficientNetB0>, channels: number, cells: number) =>
  detector({
    backbone,
    neck: bifpn({ from: 'P3', to: 'P7', channels, cells }),
    head: ssdHead({ levels, anchors: baselineAnchors({ sides: [16, 32, 64, 128, 192] }), labels: ['person'] }),
    inputSize,
  });

/** The detectors whose steps are measured. `b0` is that of `train-step`. */
export const detectors = {
  b0: (inputSize: Size) => withHead(inputSize, efficientNetB0(), 64, 3),
  b4: (inputSize: Size) => withHead(inputSize, efficientNetB4(), 224, 2),
  tiny: (inputSize: Size) => withHead(inputSize, efficientNet({ width: 0.25, depth: 0.3 }), 16, 1),
};

interface Targets {
  readonly classes: Tensor2D;
  readonly boxes: Tensor3D;
  readonly positives: Scalar;
}

/** A detector, whatever it is made of. */
interface Trained extends Block<Tensor4D, Predictions> {
  readonly inputSize: Size;
  readonly anchors: Float32Array;
}

export interface ProblemSettings {
  /** Learning rate. Default 0.01. */
  readonly rate?: number;
  /** Joint norm that gradients are clipped to. Default: they are not. */
  readonly clipNorm?: number;
}

/** What `train` gives away at a step. */
export const donate = { inputs: ['weights', 'slots'], ifFinite: ['loss'] };

/** A step with SSD loss and SGD with momentum, as `train` takes it, on the current backend. */
export function problem(model: Trained, batch: number, { rate = 0.01, clipNorm }: ProblemSettings = {}) {
  const optimizer = sgd({ momentum: 0.9 });
  const step = trainStep({
    model,
    optimizer,
    ...(clipNorm !== undefined && { clipNorm }),
    loss: (predictions, { classes, boxes, positives }: Targets) => ({
      ...ssdLoss({ ...predictions, classes, targets: boxes, positives }),
    }),
  });
  const anchors = model.anchors.length / 4;
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  const marks = Int32Array.from({ length: batch * anchors }, (_, i) => (i % 211 === 0 ? 1 : 0));
  let slots: Map<Weight, Slots> = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
  const images = randomUniform([batch, ...model.inputSize, 3], 0, 255, 'float32', 1) as Tensor4D;
  const targets: Targets = {
    classes: tensor2d(marks, [batch, anchors], 'int32'),
    boxes: zeros([batch, anchors, 4]),
    positives: scalar(marks.reduce((sum, mark) => sum + mark, 0)),
  };
  const learningRate = fill([], rate) as Scalar;
  const inputs = () => ({
    weights: new Map(trained.map((weight) => [weight, weight.read()])),
    slots,
    images,
    targets,
    learningRate,
  });
  /** Takes a step by the plain ops or what they were compiled to. */
  const take = async (how: typeof step): Promise<{ readonly milliseconds: number; readonly loss: number }> => {
    const given = inputs();
    const start = performance.now();
    const results = how(given);
    const { total: loss = Number.NaN } = await lossNumbers(results); // waits for the work
    slots = applyStep(results, slots);
    const milliseconds = performance.now() - start;
    if (!Number.isFinite(loss)) throw new Error(`the loss of a step is ${loss}`);
    return { milliseconds, loss };
  };
  /** Takes a step on an engine: gives its milliseconds. */
  const on = (target: WasmEngine) => {
    const onFallback = (reason: string) => {
      throw new Error(reason);
    };
    const fast = compile(step, { root: model, target, donate, onFallback });
    return async (): Promise<number> => (await take(fast)).milliseconds;
  };
  return { model, step, inputs, take, on };
}
