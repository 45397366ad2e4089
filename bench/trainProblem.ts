import {
  type Scalar,
  scalar,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tensor4d,
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

/** A step with SGD and momentum, as `train` takes it. */
export function problem(model: Trained, batch: number) {
  const [height, width] = model.inputSize;
  const optimizer = sgd({ momentum: 0.9 });
  const step = trainStep({
    model,
    optimizer,
    loss: (predictions, { classes, boxes, positives }: Targets) => ({
      ...ssdLoss({ ...predictions, classes, targets: boxes, positives }),
    }),
  });
  const anchors = model.anchors.length / 4;
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  const marks = Int32Array.from({ length: batch * anchors }, (_, i) => (i % 211 === 0 ? 1 : 0));
  const pixels = Float32Array.from({ length: batch * height * width * 3 }, (_, i) => (i * 7919) % 256);
  let slots: Map<Weight, Slots> = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
  const images: Tensor4D = tensor4d(pixels, [batch, height, width, 3]);
  const targets: Targets = {
    classes: tensor2d(marks, [batch, anchors], 'int32'),
    boxes: zeros([batch, anchors, 4]),
    positives: scalar(marks.reduce((sum, mark) => sum + mark, 0)),
  };
  const learningRate = scalar(1e-3);
  const inputs = () => ({
    weights: new Map(trained.map((weight) => [weight, weight.read()])),
    slots,
    images,
    targets,
    learningRate,
  });
  /** Takes a step on an engine: gives its milliseconds. */
  const on = (target: WasmEngine) => {
    const donate = { inputs: ['weights', 'slots'], ifFinite: ['loss'] };
    const onFallback = (reason: string) => {
      throw new Error(reason);
    };
    const fast = compile(step, { root: model, target, donate, onFallback });
    return async (): Promise<number> => {
      const given = inputs();
      const start = performance.now();
      const results = fast(given);
      const { total = Number.NaN } = await lossNumbers(results);
      slots = applyStep(results, slots);
      if (!Number.isFinite(total)) throw new Error(`engine-train-memory: the loss is ${total}`);
      return performance.now() - start;
    };
  };
  return { model, step, inputs, on };
}
