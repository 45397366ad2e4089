import {
  fill,
  randomUniform,
  type Scalar,
  scalar,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { weights } from '../../src/core/block.ts';
import { randomInputs, settle } from '../../src/core/model.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { firstSlots, type Optimizer } from '../../src/train/optimizer.ts';
import { type StepInputs, trainStep } from '../../src/train/step.ts';

const [side, batch] = [64, 2];

interface Targets {
  readonly classes: Tensor2D;
  readonly boxes: Tensor3D;
  readonly positives: Scalar;
}

/** A small detector with all that training meets, its step, and what goes into it. */
export function problem(optimizer: Optimizer, { rate = 0.01, clipNorm }: { rate?: number; clipNorm?: number } = {}) {
  const levels = ['P3', 'P4', 'P5'] as const;
  const model = detector({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    neck: bifpn({ from: 'P3', to: 'P5', channels: 12, cells: 1 }),
    head: ssdHead({
      levels,
      anchors: levels.map((_, i) => ({
        shapes: [
          [16 << i, 8 << i],
          [8 << i, 16 << i],
        ] as const,
      })),
      labels: ['person'],
    }),
    inputSize: [side, side],
  });
  settle(model, 5);
  const count = model.anchors.length / 4;
  const step = trainStep<Targets>({
    model,
    optimizer,
    ...(clipNorm ? { clipNorm } : {}),
    loss: (predictions, { classes, boxes, positives }) => ({
      ...ssdLoss({ ...predictions, classes, targets: boxes, positives }),
    }),
  });
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  const marks = Int32Array.from({ length: batch * count }, (_, i) => (i % 31 === 0 ? 1 : 0));
  const randoms = new Map(
    randomInputs(model, { seed: 1, step: 0, batch }).map(({ leaf, shape, values }) => [
      leaf,
      tensor(values, [...shape]),
    ]),
  );
  const inputs: StepInputs<Targets> = {
    weights: new Map(trained.map((weight) => [weight, weight.read()])),
    slots: new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])])),
    images: randomUniform([batch, side, side, 3], 0, 255, 'float32', 1) as Tensor4D,
    targets: {
      classes: tensor2d(marks, [batch, count], 'int32'),
      boxes: randomUniform([batch, count, 4], -1, 1, 'float32', 2),
      positives: scalar(marks.reduce((a, b) => a + b, 0)),
    },
    learningRate: fill([], rate) as Scalar,
    randoms,
  };
  return { model, step, inputs };
}
