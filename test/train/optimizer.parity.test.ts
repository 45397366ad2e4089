import { existsSync, readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import { fill, mul, scalar, setBackend, sub, type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Weight, weight } from '../../src/core/weight.ts';
import { type Clip, clipByNorm, clipped, type JointNorm } from '../../src/train/clip.ts';
import { type EmaOptions, emaDecay, moveEma } from '../../src/train/ema.ts';
import {
  firstSlots,
  kerasRmsprop,
  type Optimizer,
  rmsprop,
  type Slots,
  sgd,
  tensorflowRmsprop,
} from '../../src/train/optimizer.ts';
import { adam, adamW, kerasAdam } from '../../src/train/optimizerAdam.ts';

const parity = new URL('../../../shared/data/parity/', import.meta.url);
const there = existsSync(parity);
interface Goldens {
  /** Of sum(a * (x - c)^2) / 2 from 0, rate 0.05: x after each of ten steps. */
  readonly optimizers: { readonly problem: { a: number[]; c: number[] } } & Record<
    string,
    { readonly x: number[][]; readonly average?: number[][] }
  >;
  readonly clipping: { readonly grads: [number[], number[][]] } & Record<
    string,
    { clipped: [number[], number[][]] } | [number[], number[][]]
  >;
  readonly ema: Record<string, Record<string, number[][]> & { decay?: number[] }>;
}
const goldens = (name: string): Goldens => JSON.parse(readFileSync(new URL(name, parity), 'utf8'));
const close = (values: readonly number[], digits = 5) => values.map((value) => expect.closeTo(value, digits)); // float32

function kernel(): Weight {
  const made = weight();
  made.as([4, 1]); // of two dimensions, so that it decays as in the originals
  return made;
}

/** x after each of ten steps. */
function steps(file: string, optimizer: Optimizer, cut = (_: Tensor, gradient: Tensor) => gradient): number[][] {
  const { a: slopes, c: middle } = goldens(file).optimizers.problem;
  const w = kernel();
  const [a, c] = [tensor(slopes, [4, 1]), tensor(middle, [4, 1])];
  let value: Tensor = fill([4, 1], 0);
  let slots: Slots = firstSlots(optimizer, [4, 1]);
  return Array.from({ length: 10 }, () => {
    const gradient = cut(value, mul(a, sub(value, c)));
    ({ value, slots } = optimizer.update(w, { value, gradient, slots, learningRate: scalar(0.05) }));
    return [...value.dataSync()];
  });
}
const golden = (file: string, name: string) => goldens(file).optimizers[name]?.x ?? [];
const cutting = (clip: Clip) => (value: Tensor, gradient: Tensor) => clipped(clip, value, gradient);

beforeAll(async () => {
  await setBackend('cpu');
});

describe.skipIf(!there)('parity (needs ../shared/data)', () => {
  const decayed = { momentum: 0.9, weightDecay: 0.01 };
  const torch = { decay: 0.9, momentum: 0.9, epsilon: 1e-3 };
  const timm = { ...tensorflowRmsprop, momentum: 0.9, epsilon: 1e-3 };
  it.each<[string, Optimizer]>([
    ['SGD', sgd({ momentum: 0 })],
    ['SGD momentum .9', sgd()],
    ['SGD momentum .9 nesterov', sgd({ form: 'nesterov' })],
    ['SGD momentum .9 nesterov decay .01', sgd({ ...decayed, form: 'nesterov' })],
    ['SGD momentum .9 dampening .5', sgd({ dampening: 0.5 })],
    ['torch RMSprop', rmsprop(torch)],
    ['torch RMSprop decay .01', rmsprop({ ...torch, weightDecay: 0.01 })],
    ['torch RMSprop centered', rmsprop({ ...torch, by: 'variance' })],
    ['timm RMSpropTF', rmsprop(timm)],
    ['timm RMSpropTF decay .01', rmsprop({ ...timm, weightDecay: 0.01 })],
    ['Adam', adam()],
    ['Adam decay .01', adam({ weightDecay: 0.01 })],
    ['Adam amsgrad', adam({ square: 'largest' })],
    ['AdamW', adamW()],
    ['AdamW eps 1e-3 betas .8 .95', adamW({ epsilon: 1e-3, decays: [0.8, 0.95], weightDecay: 0.1 })],
  ])('PyTorch and timm: %s, ten steps', (name, optimizer) => {
    const expected = golden('training.json', name);
    expect(expected).toHaveLength(10);
    expect(steps('training.json', optimizer)).toEqual(expected.map((x) => close(x)));
  });

  const keras = { ...kerasRmsprop, momentum: 0.9, epsilon: 1e-3 };
  it.each<[string, Optimizer]>([
    ['SGD momentum .9', sgd({ rateOf: 'velocity' })],
    ['SGD momentum .9 nesterov', sgd({ rateOf: 'velocity', form: 'nesterov' })],
    ['legacy SGD momentum .9 nesterov', sgd({ rateOf: 'velocity', form: 'nesterov' })],
    ['RMSprop', rmsprop(keras)],
    ['RMSprop centered', rmsprop({ ...keras, by: 'variance' })],
    ['legacy RMSprop', rmsprop(keras)],
    ['Adam', adam(kerasAdam)],
    ['Adam amsgrad', adam({ ...kerasAdam, square: 'largest' })],
    ['legacy Adam', adam(kerasAdam)],
    ['AdamW decay .01', adamW(kerasAdam)],
  ])('Keras: %s, ten steps', (name, optimizer) => {
    const expected = golden('training-keras.json', name);
    expect(expected).toHaveLength(10);
    // Keras computes 1 - 0.999^t in float32: 1e-5 of a step
    expect(steps('training-keras.json', optimizer)).toEqual(expected.map((x) => close(x, 4)));
  });
  it('Keras: clipnorm and global_clipnorm, of one weight the same, ten steps', () => {
    const file = 'training-keras.json';
    const cut = cutting({ name: 'norm', most: 1 });
    const [each, all] = [golden(file, 'Adam clipnorm 1'), golden(file, 'SGD global_clipnorm 1')];
    expect(each).toHaveLength(10);
    expect(steps(file, adam(kerasAdam), cut)).toEqual(each.map((x) => close(x, 4)));
    expect(steps(file, sgd({ momentum: 0 }), cut)).toEqual(all.map((x) => close(x)));
  });
  it('Keras: the average of SGD, ten steps', () => {
    const { x = [], average = [] } =
      goldens('training-keras.json').optimizers['SGD ema .9 (x, then the average)'] ?? {};
    expect(average).toHaveLength(10);
    let averages = new Map([['x', tensor1d([0, 0, 0, 0]) as Tensor]]);
    for (const [i, expected] of average.entries()) {
      averages = moveEma(averages, () => tensor1d(x[i] ?? []), emaDecay({ decay: 0.9 }, i + 1));
      expect([...(averages.get('x')?.dataSync() ?? [])]).toEqual(close(expected, 6));
    }
  });

  it.each<[string, EmaOptions]>([
    ['V2 decay .9', { decay: 0.9 }],
    ['V2 decay .9998', {}],
    ['V3 decay .9999 warm-up', { decay: 0.9999, warmUp: { name: 'power' } }],
    [
      'V3 decay .9 warm-up gamma 2 power .75 after 1',
      { decay: 0.9, warmUp: { name: 'power', gamma: 2, power: 0.75, after: 1 } },
    ],
  ])('timm: averaged weights, %s', (name, options) => {
    const { decay, ...rest } = goldens('training.json').ema[name] ?? {};
    const [expected = []] = Object.values(rest);
    expect(expected).toHaveLength(5);
    let averages = new Map([['w', tensor1d([0, 0, 0, 0]) as Tensor]]);
    for (const [i, values] of expected.entries()) {
      const s = i + 1;
      const stays = emaDecay(options, s);
      if (decay) expect(stays).toBeCloseTo(decay[i] ?? Number.NaN, 8);
      averages = moveEma(averages, () => tensor1d([s, s * s, -s, 1 / s]), stays);
      expect([...(averages.get('w')?.dataSync() ?? [])]).toEqual(close(values));
    }
  });

  const two = () => {
    const [first, second] = goldens('training.json').clipping.grads;
    return new Map<string, Tensor>([
      ['first', tensor1d(first)],
      ['second', tensor(second)],
    ]);
  };
  it.each<[string, number, JointNorm]>([
    ['norm 2 max 1', 1, 'length'],
    ['norm 2 max 100 (nothing to do)', 100, 'length'],
    ['norm inf max 10', 10, 'largest'],
    ['norm 1 max 10', 10, 'sum'],
  ])('PyTorch: clipping, %s', (name, norm, by) => {
    const { [name]: expected } = goldens('training.json').clipping;
    const cut = clipByNorm(two(), norm, by);
    if (expected === undefined || !('clipped' in expected)) throw new Error(`no golden ${name}`);
    expect([...cut.values()].map((g) => [...g.dataSync()])).toEqual(expected.clipped.map((g) => close(g.flat())));
  });
  it('PyTorch: clipping, value 10', () => {
    const { 'value 10': expected } = goldens('training.json').clipping;
    const cut = [...two().values()].map((g) => [...clipped({ name: 'value', most: 10 }, g, g).dataSync()]);
    expect(cut).toEqual(Array.isArray(expected) ? expected.map((g) => g.flat()) : 'no golden');
  });
});
