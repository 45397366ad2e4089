import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { conv } from '../../src/block/conv.ts';
import { block, weights } from '../../src/core/block.ts';
import type { Predictions } from '../../src/core/levels.ts';
import { settle } from '../../src/core/model.ts';
import type { Weight } from '../../src/core/weight.ts';
import { ssdLoss } from '../../src/detection/ssdLoss.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { trace } from '../../src/trace/trace.ts';
import { clipByNorm } from '../../src/train/clip.ts';
import { firstSlots, rmsprop, type Slots, sgd } from '../../src/train/optimizer.ts';
import { trainStep } from '../../src/train/step.ts';

const numbers = (of: tf.Tensor) => [...of.dataSync()];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('optimizers', () => {
  const moved = (
    optimizer: ReturnType<typeof sgd>,
    gradients: readonly number[],
    shape: [number] | [number, number],
  ) => {
    const w = conv({ filters: 1 });
    const weight = [...weights(w).values()][shape.length === 1 ? 1 : 0];
    complete(w, [1, 1, 1, 1]);
    if (weight === undefined) throw new Error('no weight');
    let value: tf.Tensor = tf.fill(shape, 1);
    let slots: Slots = firstSlots(optimizer, shape);
    for (const g of gradients) {
      const next = optimizer.update(weight, {
        value,
        gradient: tf.fill(shape, g),
        slots,
        learningRate: tf.scalar(0.1),
      });
      ({ value, slots } = next);
    }
    return numbers(value)[0];
  };
  it('sgd follows its formula over two steps', () => {
    // v = 1, w = 0.9; v = 0.9 + 2 = 2.9, w = 0.61
    expect(moved(sgd(), [1, 2], [1])).toBeCloseTo(0.61, 6);
  });
  it('sgd decays filters and spares biases', () => {
    const options = { momentum: 0, weightDecay: 0.5 };
    expect(moved(sgd(options), [1], [1, 1])).toBeCloseTo(0.85, 6); // 1 - 0.1 * (1 + 0.5 * 1)
    expect(moved(sgd(options), [1], [1])).toBeCloseTo(0.9, 6);
  });
  it('rmsprop follows its formula', () => {
    // s = 0.01 * 4 = 0.04; step = 2 / (0.2 + 1e-8) = 10; w = 1 - 0.1 * 10
    expect(moved(rmsprop(), [2], [1])).toBeCloseTo(0, 5);
  });
});

describe('clipping by norm', () => {
  it('scales all gradients together, and only when they are too long', () => {
    const gradients = new Map([
      ['a', tf.tensor1d([3])],
      ['b', tf.tensor1d([4])],
    ]);
    expect([...clipByNorm(gradients, 1).values()].map((g) => numbers(g)[0])).toEqual([
      expect.closeTo(0.6, 5),
      expect.closeTo(0.8, 5),
    ]); // norm 5
    expect([...clipByNorm(gradients, 10).values()].map((g) => numbers(g)[0])).toEqual([3, 4]);
    expect(() => clipByNorm(gradients, 0)).toThrow(/norm is 0/);
  });
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
