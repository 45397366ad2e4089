import '@tensorflow/tfjs-layers';
import {
  dispose as disposeTensors,
  memory,
  type Rank,
  randomUniform,
  scalar,
  tensor2d,
  tensor3d,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { weights } from '../../src/core/block.ts';
import type { Predictions } from '../../src/core/levels.ts';
import { dispose } from '../../src/core/model.ts';
import { efficientDetLoss } from '../../src/detection/efficientDetLoss.ts';
import { efficientDetMatch } from '../../src/detection/efficientDetRules.ts';
import { matchBatch } from '../../src/detection/match.ts';
import { efficientDet } from '../../src/model/efficientDet.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { applyStep, disposeSlots, lossNumbers } from '../../src/train/applyStep.ts';
import { firstSlots, sgd } from '../../src/train/optimizer.ts';
import { trainStep } from '../../src/train/step.ts';

beforeAll(() => useBackend('wasm'));

it('learns on tfjs wasm: every weight is reached, eight steps lower the loss, no tensor is left behind', async () => {
  const model = efficientDet({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    inputSize: [64, 64],
    to: 'P7',
    channels: 8,
    cells: 2,
    repeats: 2,
    labels: ['person', 'car'],
  });
  const { anchors, labels, coder } = model;
  const count = anchors.length / 4;
  const objects = [
    [{ box: [4, 8, 50, 30], label: 'person' }],
    [
      { box: [20, 10, 40, 60], label: 'car' },
      { box: [2, 2, 30, 20], label: 'person' },
    ],
  ] as const;
  const matched = matchBatch(objects, { anchors, labels, coder, ...efficientDetMatch });
  const targets = {
    classes: tensor2d(matched.classes, [2, count], 'int32'),
    targets: tensor3d(matched.boxes, [2, count, 4]),
    positives: scalar(matched.positives),
  };
  const optimizer = sgd({ momentum: 0.9 });
  const loss = (predictions: Predictions, given: typeof targets) => ({
    ...efficientDetLoss({ ...predictions, ...given }),
  });
  const step = trainStep({ model, optimizer, loss, clipNorm: 10 });
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  let slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
  const images = randomUniform<Rank.R4>([2, 64, 64, 3], 0, 255, 'float32', 3);
  const learningRate = scalar(0.02);
  for (const weight of weights(model).values()) weight.read(); // made now, so that they are not counted below
  const held = memory().numTensors;

  const losses: number[] = [];
  for (let i = 0; i < 8; i++) {
    const values = new Map(trained.map((weight) => [weight, weight.read()]));
    const results = step({ weights: values, slots, images, targets, learningRate });
    expect(results.unreached).toEqual([]);
    losses.push((await lossNumbers(results)).total ?? Number.NaN);
    slots = applyStep(results, slots);
  }
  expect(memory().numTensors).toBe(held);
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.9);
  disposeSlots(slots);
  disposeTensors([images, learningRate, ...Object.values(targets)]);
  dispose(model);
});
