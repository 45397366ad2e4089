import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { conv } from '../../src/block/conv.ts';
import { block, weights } from '../../src/core/block.ts';
import { freeze } from '../../src/core/freeze.ts';
import type { Predictions } from '../../src/core/levels.ts';
import { settle } from '../../src/core/model.ts';
import type { Weight } from '../../src/core/weight.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { trace } from '../../src/trace/trace.ts';
import { firstSlots, sgd } from '../../src/train/optimizer.ts';
import { trainStep } from '../../src/train/step.ts';
import { lossOf, targetsOf } from '../../src/train/targets.ts';
import { recipe, samples, toy } from './toy.ts';

const numbers = (of: tf.Tensor) => [...of.dataSync()];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const inputsOf = (model: Parameters<typeof weights>[0]) => {
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  return { trained, shape: (weight: Weight) => weight.shape ?? [] };
};

describe('a training step', () => {
  it('moves nothing by itself, and what it gives agrees with finite differences', () => {
    const kernel = conv({ filters: 6 });
    const model = block({ kernel }, (x: tf.Tensor4D, pass): Predictions => {
      const y = tf.reshape<tf.Rank.R3>(kernel(x, pass), [1, -1, 6]);
      return { boxes: tf.slice3d(y, [0, 0, 0], [-1, -1, 4]), logits: tf.slice3d(y, [0, 0, 4], [-1, -1, 2]) };
    });
    complete(model, [1, 2, 2, 3]);
    settle(model, 1);
    const loss = ({ boxes, logits }: Predictions) => ({
      total: tf.add<tf.Scalar>(tf.sum(tf.square(boxes)), tf.sum(tf.square(logits))),
    });
    const optimizer = sgd({ momentum: 0 });
    const step = trainStep({ model, loss, optimizer });
    const { trained } = inputsOf(model);
    const values = new Map(trained.map((weight) => [weight, weight.read()]));
    const slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
    const images = tf.fill([1, 2, 2, 3], 0.5) as tf.Tensor4D;
    const [first] = trained;
    if (first === undefined) throw new Error('no weights');
    const before = numbers(first.read());
    const learningRate = tf.scalar(1);
    const held = tf.memory().numTensors;
    const results = step({ weights: values, slots, images, targets: undefined, learningRate });
    expect(numbers(first.read())).toEqual(before);
    const after = results.weights.get(first);
    if (after === undefined) throw new Error('not moved');
    const slope = (before[0] ?? 0) - (numbers(after)[0] ?? 0); // rate 1: the gradient itself
    const movedSlots = [...results.slots.values()].flatMap((slot) => Object.values(slot));
    tf.dispose([...Object.values(results.loss), ...results.weights.values(), ...movedSlots]);
    expect(tf.memory().numTensors).toBe(held);
    const at = (delta: number) => {
      const shifted = Float32Array.from(before);
      shifted[0] = (shifted[0] ?? 0) + delta;
      first.write(shifted);
      return numbers(loss(model(images)).total)[0] ?? 0;
    };
    expect(slope).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 2);
  });

  it('gives, over the parts of a batch, what it gives over the whole', () => {
    const model = toy();
    freeze(model, { trainable: true, statistics: 'stored' }); // a batch's own statistics are not its parts'
    const { trained } = inputsOf(model);
    const weightsNow = new Map(trained.map((weight) => [weight, weight.read()]));
    const optimizer = sgd({ momentum: 0 });
    const slots = new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));
    const step = trainStep({ model, optimizer, loss: lossOf(model, recipe) });
    const objects = samples.slice(0, 2).map((sample) => sample.objects);
    const pixels = tf.randomUniform<tf.Rank.R4>([2, 16, 16, 3], 0, 1, 'float32', 7);
    const { positives } = targetsOf(model, objects, recipe); // of the whole
    const slopes = (from: number, to: number) => {
      const targets = { ...targetsOf(model, objects.slice(from, to), recipe), positives };
      const images = tf.slice(pixels, [from, 0, 0, 0], [to - from, -1, -1, -1]);
      const { weights: moved } = step({ weights: weightsNow, slots, images, targets, learningRate: tf.scalar(1) });
      return trained.map((weight) => tf.sub(weight.read(), moved.get(weight) ?? 0).dataSync());
    };
    const [whole, first, second] = [slopes(0, 2), slopes(0, 1), slopes(1, 2)];
    for (const [i, { place }] of trained.entries())
      for (const [j, slope] of (whole[i] ?? []).entries())
        expect((first[i]?.[j] ?? 0) + (second[i]?.[j] ?? 0), place).toBeCloseTo(slope, 3); // float32 sums of up to 1,200
  });

  it.each(['before the gradient', 'inside the gradient'])('that fails %s frees all it made', (where) => {
    const model = toy();
    for (const weight of weights(model).values()) weight.read();
    const optimizer = sgd();
    const { trained, shape } = inputsOf(model);
    const failing = tf.customGrad((x) => ({
      value: (x as tf.Tensor).clone(),
      gradFunc: () => {
        throw new Error('no gradient');
      },
    }));
    const loss = ({ boxes, logits }: Predictions) => {
      const total = tf.add<tf.Scalar>(tf.sum(boxes), tf.sum(logits));
      if (where === 'before the gradient') throw new Error('no loss');
      return { total: failing(total) as tf.Scalar };
    };
    const step = trainStep({ model, optimizer, loss });
    const inputs = {
      weights: new Map(trained.map((weight) => [weight, weight.read()])),
      slots: new Map(trained.map((weight) => [weight, firstSlots(optimizer, shape(weight))])),
      images: tf.zeros<tf.Rank.R4>([2, 16, 16, 3]),
      targets: undefined,
      learningRate: tf.scalar(0.1),
    };
    const held = tf.memory().numTensors;
    for (let i = 0; i < 2; i++) expect(() => step(inputs)).toThrow(/^no (loss|gradient)$/);
    expect(tf.memory().numTensors).toBe(held);
  });

  it('of the weighted FPN is traced whole: every weight is updated but the P6 and P7 nodes of the last cell', () => {
    const model = ladder.weightedFpn();
    const optimizer = sgd();
    const step = trainStep({
      model,
      optimizer,
      clipNorm: 10,
      loss: (predictions, targets: { classes: tf.Tensor2D; boxes: tf.Tensor3D; positives: tf.Scalar }) => ({
        ...ssdLoss({ ...predictions, classes: targets.classes, targets: targets.boxes, positives: targets.positives }),
      }),
    });
    const { trained, shape } = inputsOf(model);
    let unreached: readonly string[] = [];
    const graph = trace(
      (inputs: Parameters<typeof step>[0]) => {
        const results = step(inputs);
        unreached = results.unreached.map(({ place }) => place);
        return { loss: results.loss, weights: results.weights, slots: results.slots, statistics: results.statistics };
      },
      {
        weights: new Map(trained.map((weight) => [weight, shape(weight)])),
        slots: new Map(trained.map((weight) => [weight, { velocity: shape(weight) }])),
        images: [1, 512, 640, 3],
        targets: { classes: { shape: [1, 40_320], dtype: 'int32' }, boxes: [1, 40_320, 4], positives: [] },
        learningRate: [],
      },
      { root: model },
    );
    expect([...new Set(unreached.map((place) => place.replace(/(up\/P\d).*/, '$1')))]).toEqual([
      'neck/neck/cells/1/up/P6',
      'neck/neck/cells/1/up/P7',
    ]);
    const lost = [...weights(model)].filter(([place]) => unreached.includes(place));
    expect(lost.reduce((sum, [, weight]) => sum + shape(weight).reduce((a, b) => a * b, 1), 0)).toBe(105_733);
    const updated = [...graph.outputs.keys()].filter((path) => path.startsWith('weights/'));
    expect(updated).toHaveLength(trained.length - unreached.length);
  });
});
