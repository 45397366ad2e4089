import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { block, weights } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type Weight, weight } from '../../src/core/weight.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { valueAndGradients } from '../../src/tfjs/gradients.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const valuesOf = (of: readonly Weight[]) => new Map(of.map((w) => [w, w.read()]));
/** Two free weights of two numbers, [1, 2] and [3, 4]. */
function pair(): [Weight, Weight] {
  const [a, b] = [weight(), weight()];
  for (const w of [a, b]) w.as([2]);
  a.write(Float32Array.of(1, 2));
  b.write(Float32Array.of(3, 4));
  return [a, b];
}
const squares = (of: Weight) => tf.sum<tf.Scalar>(tf.square(of.as([2])));

describe('the gradients of a scalar by weights', () => {
  it('agree with finite differences, through batch norms and swish', () => {
    const first = conv({ filters: 3, kernel: 3, norm: {}, activation: 'swish' });
    const second = conv({ filters: 2 });
    const model = block({ first, second }, (x: tf.Tensor4D, pass) => second(first(x, pass), pass));
    complete(model, [2, 4, 4, 2]);
    settle(model, 1);
    const random = keyedRandom('input');
    const x = tf.tensor4d(Float32Array.from({ length: 64 }, random), [2, 4, 4, 2]);
    const target = tf.tensor4d(Float32Array.from({ length: 64 }, random), [2, 4, 4, 2]);
    const loss = () => {
      const pass = trainingPass();
      const value = tf.mean<tf.Scalar>(tf.squaredDifference(model(x, pass), target));
      for (const update of pass.updates.values()) update.dispose();
      return value;
    };
    const trained = [...weights(model).values()].filter(({ trainable }) => trainable);
    const { gradients, unreached } = valueAndGradients(loss, valuesOf(trained));
    expect(unreached).toEqual([]);
    for (const w of trained) {
      const numbers = Float32Array.from(w.read().dataSync());
      const slopes = gradients.get(w)?.dataSync() ?? [];
      expect(slopes).toHaveLength(numbers.length);
      for (let i = 0; i < numbers.length; i += 5) {
        const at = (delta: number) => {
          const moved = Float32Array.from(numbers);
          moved[i] = (moved[i] ?? 0) + delta;
          w.write(moved);
          return tf.tidy(() => loss().dataSync()[0] ?? Number.NaN);
        };
        const difference = (at(5e-3) - at(-5e-3)) / 1e-2;
        w.write(numbers);
        expect(slopes[i], `${w.place} ${i}`).toBeCloseTo(difference, 3); // float32: 1e-7 of a loss of 1 by 1e-2, and h^2
      }
    }
  });
  it('come with the value, in the shape of each weight, and leave only what they give', () => {
    const [a, b] = pair();
    const values = valuesOf([a, b]);
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(() => tf.add(squares(a), tf.mul(squares(b), 2)), values);
    expect(value.dataSync()[0]).toBe(55); // 1 + 4 + 2 (9 + 16)
    expect([...gradients.values()].map((g) => [...g.dataSync()])).toEqual([
      [2, 4],
      [12, 16],
    ]);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([value, ...gradients.values()]);
  });
  it('are taken at the given values, not at the weights own', () => {
    const [a] = pair();
    const { gradients } = valueAndGradients(() => squares(a), new Map([[a, tf.tensor1d([10, 20])]]));
    expect([...(gradients.get(a)?.dataSync() ?? [])]).toEqual([20, 40]);
    expect([...a.read().dataSync()]).toEqual([1, 2]);
  });
  it('are absent for weights that the value does not reach: those are listed, even all of them', () => {
    const [a, b] = pair();
    const some = valueAndGradients(() => squares(b), valuesOf([a, b]));
    expect(some.unreached).toEqual([a]);
    expect([...some.gradients.keys()]).toEqual([b]);
    const none = valueAndGradients(() => tf.scalar(1), valuesOf([a, b]));
    expect(none.unreached).toEqual([a, b]);
    expect(none.gradients.size).toBe(0);
  });
  it('can be taken while an outer gradient is, which they leave alone', () => {
    const [a] = pair();
    const inner: number[] = [];
    const cube = tf.grad((x) => {
      const square = tf.mul(x, x);
      const { gradients } = valueAndGradients(() => squares(a), valuesOf([a]));
      inner.push(...(gradients.get(a)?.dataSync() ?? []));
      return tf.mul(square, x);
    });
    expect(cube(tf.scalar(2)).dataSync()[0]).toBe(12); // 3 x^2
    expect(inner).toEqual([2, 4]);
  });
  it('leave no tensor and no binding behind when the function throws', () => {
    const [a] = pair();
    const values = new Map([[a, tf.tensor1d([10, 20])]]);
    const before = tf.memory().numTensors;
    const fails = () => {
      squares(a);
      throw new RangeError('no loss');
    };
    expect(() => valueAndGradients(fails, values)).toThrow('no loss');
    expect(tf.memory().numTensors).toBe(before);
    expect([...a.as([2]).dataSync()]).toEqual([1, 2]);
    expect([
      ...tf
        .grad((x) => tf.mul(x, x))(tf.tensor1d([3]))
        .dataSync(),
    ]).toEqual([6]); // the tape is closed too
  });
});
