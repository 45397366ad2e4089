import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { dropConnect } from '../../src/block/dropConnect.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { sequence } from '../../src/block/sequence.ts';
import { bind } from '../../src/core/bind.ts';
import { at, weights } from '../../src/core/block.ts';
import { freeze, unfreeze } from '../../src/core/freeze.ts';
import { asVariables, count, dispose, randomInputs, settle } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { weight } from '../../src/core/weight.ts';
import { complete } from '../../src/tfjs/abstract.ts';

const ones = (channels = 2) => tf.ones<tf.Rank.R4>([1, 4, 4, channels]);
const placed = () => {
  const block = sequence(
    conv({ filters: 3, kernel: 3, norm: {} }),
    mbConv({ filters: 3, expand: 2, dropConnect: 0.5 }),
  );
  complete(block, [1, 4, 4, 2]); // shapes, and no numbers yet
  settle(block, 7);
  return block;
};
const numbers = (of: tf.Tensor) => [...of.dataSync()];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a weight', () => {
  it('has no shape before its block has seen an input, and says what to do', () => {
    const w = weight();
    expect(w.shape).toBeUndefined();
    expect(() => w.read()).toThrow(/has no shape yet; call its block once/);
  });
  it('keeps the shape of its first use', () => {
    const block = conv({ filters: 3 });
    block(ones(2));
    expect(() => block(ones(5))).toThrow(/is \[1,1,2,3\] but this input asks for \[1,1,5,3\]/);
  });
  it('is named by its place and starts from the seed and the place alone', () => {
    const [a, b] = [weights(placed()), weights(placed())];
    expect([...a.keys()].slice(0, 2)).toEqual(['step/0/kernel', 'step/0/norm/gamma']);
    const kernel = (of: typeof a) => of.get('step/1/expand/kernel')?.read() ?? tf.scalar(Number.NaN);
    expect(numbers(kernel(a))).toEqual(numbers(kernel(b)));
  });
  it('outlives the tidy in which it was made', () => {
    const block = conv({ filters: 1 });
    tf.tidy(() => void block(ones()));
    expect(numbers(block(ones()))).toHaveLength(16);
  });
  it('counts its versions, those of an optimizer that moves its variable too', () => {
    const w = weight();
    w.as([2]);
    w.write(Float32Array.of(1, 2));
    const before = w.version;
    w.asVariable().assign(tf.tensor1d([3, 4]));
    expect(w.version).toBeGreaterThan(before);
    expect(numbers(w.read())).toEqual([3, 4]);
  });
  it('refuses numbers of another shape', () => {
    const w = weight();
    w.as([2]);
    expect(() => w.write(Float32Array.of(1))).toThrow(/is \[2\], 2 numbers, but 1 were given/);
    expect(() => w.write(tf.zeros([3]))).toThrow(/is \[2\] but \[3\] was given/);
  });
  it('is an error to use after dispose', () => {
    const block = placed();
    dispose(block);
    expect(() => block(ones())).toThrow(/step\/0\/kernel: was disposed/);
  });
});

describe('bind', () => {
  it('computes with other tensors in the place of weights, and only while it runs', () => {
    const block = conv({ filters: 1, bias: false });
    block(ones());
    const [kernel] = weights(block).values();
    if (kernel === undefined) throw new Error('no kernel');
    kernel.write(Float32Array.of(1, 1));
    const doubled = bind(new Map([[kernel, tf.fill([1, 1, 2, 1], 2)]]), () => block(ones()));
    expect(numbers(doubled)[0]).toBe(4); // 2 channels * 2
    expect(numbers(block(ones()))[0]).toBe(2);
  });
  it('refuses an asynchronous function', () => {
    expect(() => bind(new Map(), async () => 1)).toThrow(/must be synchronous/);
  });
});

describe('a pass', () => {
  it('moves no statistic by itself: running statistics are results', () => {
    const block = conv({ filters: 3, norm: { momentum: 0.9 } });
    const pass = trainingPass();
    const x = tf.randomUniform<tf.Rank.R4>([2, 4, 4, 2], 0, 1, 'float32', 3);
    block(x, pass);
    const mean = weights(block).get('norm/mean');
    expect(mean && numbers(mean.read())).toEqual([0, 0, 0]);
    expect([...pass.updates.values()].map(({ shape }) => shape)).toEqual([[3], [3]]);
    tf.dispose([...pass.updates.values()]);
  });
  it('leaves frozen statistics alone', () => {
    const block = placed();
    freeze(at(block, 'step/1'), { trainable: true });
    const pass = trainingPass();
    block(ones(), pass);
    expect([...pass.updates.keys()].map(({ place }) => place)).toEqual(['step/0/norm/mean', 'step/0/norm/variance']);
    unfreeze(block);
    expect(asVariables(block)).toHaveLength([...weights(block).values()].filter((w) => w.kind === 'trainable').length);
  });
  it('drops whole residuals of images by numbers keyed to the place of the leaf', () => {
    const block = placed();
    const inputs = (step: number) => randomInputs(block, { seed: 1, step, batch: 2 });
    expect(inputs(3)).toEqual(inputs(3));
    expect(inputs(3)[0]?.values).not.toEqual(inputs(4)[0]?.values);
    expect(inputs(3).map(({ place, shape }) => [place, shape])).toEqual([['step/1/drop', [2, 1, 1, 1]]]);
    const drop = dropConnect({ rate: 0.5 });
    const randoms = new Map([[drop, tf.tensor4d([0.4, 0.6], [2, 1, 1, 1])]]);
    expect(numbers(drop(tf.ones([2, 1, 1, 1]), trainingPass({ randoms })))).toEqual([0, 2]); // x / keep * floor(keep + u)
  });
});

describe('the walk', () => {
  it('counts what a hand counts', () => {
    const block = conv({ filters: 3, kernel: 3, norm: {} });
    block(ones());
    expect(count(block)).toEqual({ parameters: 3 * 3 * 2 * 3 + 3 + 3, statistics: 3 + 3 }); // kernel, gamma, beta; mean, variance
  });
  it('finds a block by its place, or says what is there', () => {
    expect(() => at(placed(), 'step/1/squash')).toThrow(/no block at 'step\/1\/squash'; there are .*step\/1\/squeeze/);
  });
  it('frees what a call makes and does not return', () => {
    const block = placed();
    const x = ones();
    block(x).dispose();
    const before = tf.memory().numTensors;
    block(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
