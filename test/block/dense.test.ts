import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense } from '../../src/block/dense.ts';
import { dropout } from '../../src/block/dropout.ts';
import { bind } from '../../src/core/bind.ts';
import { block, weights } from '../../src/core/block.ts';
import { randomInputs } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('a dense layer', () => {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const made = () => {
    const layer = dense({ units: 3 });
    layer(x);
    weights(layer)
      .get('kernel')
      ?.write(Float32Array.of(1, 0, 2, 0, 1, -1)); // [in, out]
    weights(layer)
      .get('bias')
      ?.write(Float32Array.of(10, 20, 30));
    return layer;
  };
  it('sums all inputs for each output', () => {
    expect([...made()(x).dataSync()]).toEqual([11, 22, 30, 13, 24, 32]);
  });
  it('has the gradients of its sums', () => {
    const layer = made();
    const own = [...weights(layer).values()];
    const loss = (y: tf.Tensor, ...values: tf.Tensor[]) =>
      bind(new Map(own.map((weight, i) => [weight, values[i] ?? y])), () => tf.sum<tf.Scalar>(layer(y as tf.Tensor2D)));
    const [dx, kernel, bias] = tf
      .grads(loss)([x, ...own.map((weight) => weight.read())])
      .map((gradient) => [...gradient.dataSync()]);
    expect(dx).toEqual([3, 0, 3, 0]); // sums of the matrix's rows
    expect(kernel).toEqual([4, 4, 4, 6, 6, 6]); // sums of the columns of x
    expect(bias).toEqual([2, 2, 2]); // images
  });
});

describe('dropout', () => {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]); // two cells of two channels
  it('changes nothing where the pass gives no numbers', () => {
    const drop = dropout({ rate: 0.5 });
    expect([...drop(x).dataSync()]).toEqual([1, 2, 3, 4]);
    expect([...drop(x, trainingPass()).dataSync()]).toEqual([1, 2, 3, 4]);
  });
  it('drops a channel whole and scales the others', () => {
    const drop = dropout({ rate: 0.75 });
    const randoms = new Map([[drop, tf.tensor([0.7, 0.8], [1, 1, 1, 2])]]);
    expect([...drop(x, trainingPass({ randoms })).dataSync()]).toEqual([0, 8, 0, 16]); // 1 / (1 - .75)
  });
  it('asks for a number a channel, and says when it does not know how many', () => {
    const drop = dropout({ rate: 0.5 });
    const root = block({ drop }, (y: tf.Tensor4D, pass) => drop(y, pass));
    const ask = () => randomInputs(root, { seed: 0, step: 0, batch: 3 });
    expect(ask).toThrow(/call its block once/);
    root(x);
    expect(ask().map(({ shape }) => shape)).toEqual([[3, 1, 1, 2]]);
  });
  it('at rate 0 asks for nothing', () => {
    expect(randomInputs(dropout({ rate: 0 }), { seed: 0, step: 0, batch: 3 })).toEqual([]);
  });
  it.each([1, -0.1, Number.NaN])('refuses a rate of %f', (rate) => {
    expect(() => dropout({ rate })).toThrow(/must be in \[0, 1\)/);
  });
});
