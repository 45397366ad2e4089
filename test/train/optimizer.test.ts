import { existsSync, readFileSync } from 'node:fs';
import { fill, memory, mul, scalar, setBackend, sub, type Tensor, tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Weight, weight } from '../../src/core/weight.ts';
import { clipByNorm } from '../../src/train/clip.ts';
import { firstSlots, type Optimizer, rmsprop, type Slots, sgd } from '../../src/train/optimizer.ts';

const parity = new URL('../../../shared/data/parity/', import.meta.url);
const there = existsSync(parity);
interface Goldens {
  /** Of sum(a * (x - c)^2) / 2 from 0, rate 0.05: x after each of ten steps. */
  readonly optimizers: { readonly problem: { a: number[]; c: number[] } } & Record<string, { x: number[][] }>;
  readonly clipping: { readonly grads: [number[], number[][]] } & Record<string, { clipped: [number[], number[][]] }>;
}
const goldens = (name: string): Goldens => JSON.parse(readFileSync(new URL(name, parity), 'utf8'));

/** A kernel has two dimensions, a bias one. */
function shaped(...shape: [number] | [number, number]): Weight {
  const made = weight();
  if (shape.length === 1) made.as(shape);
  else made.as(shape);
  return made;
}
/** Where a weight of ones goes by these gradients at rate 0.1. */
function path(optimizer: Optimizer, gradients: readonly number[], shape: [number] | [number, number] = [1]): number[] {
  const w = shaped(...shape);
  let value: Tensor = fill(shape, 1);
  let slots = firstSlots(optimizer, shape);
  return gradients.map((g) => {
    const gradient = fill(shape, g);
    ({ value, slots } = optimizer.update(w, { value, gradient, slots, learningRate: scalar(0.1) }));
    return value.dataSync()[0] ?? Number.NaN;
  });
}
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5)); // float32

beforeAll(async () => {
  await setBackend('cpu');
});

describe('sgd', () => {
  it('follows its formula', () => {
    expect(path(sgd(), [1, 2])).toEqual(close([0.9, 0.61])); // v = 1, then 0.9 + 2
  });
  it("takes the slope ahead in Nesterov's form", () => {
    expect(path(sgd({ form: 'nesterov' }), [1, 2])).toEqual(close([0.81, 0.349])); // 1 + 0.9 * 1, then 2 + 0.9 * 2.9 less
  });
  it('decays kernels and spares what has one dimension: biases, scales, shifts', () => {
    const decaying = sgd({ momentum: 0, weightDecay: 0.5 });
    expect(path(decaying, [1], [1, 1])).toEqual(close([0.85])); // 1 - 0.1 * (1 + 0.5 * 1)
    expect(path(decaying, [1], [1])).toEqual(close([0.9]));
  });
});

describe('rmsprop', () => {
  it('follows its formula', () => {
    expect(path(rmsprop(), [2])).toEqual(close([0])); // s = 0.01 * 4; 2 / 0.2 = 10
  });
  it('adds epsilon to the root, or under it', () => {
    const given = { decay: 0, epsilon: 3 };
    expect(path(rmsprop(given), [1])).toEqual(close([1 - 0.1 / (1 + 3)]));
    expect(path(rmsprop({ ...given, epsilonTo: 'square' }), [1])).toEqual(close([1 - 0.1 / Math.sqrt(1 + 3)]));
  });
});

describe('an optimizer', () => {
  it.each([sgd(), rmsprop()])(
    'makes its value and slots anew and moves nothing that it was given: $name',
    (optimizer) => {
      const w = shaped(2);
      const [value, gradient, learningRate] = [tensor1d([1, 2]), tensor1d([3, 4]), scalar(0.1)];
      const slots = firstSlots(optimizer, [2]);
      const before = memory().numTensors;
      const next = tidy(() => optimizer.update(w, { value, gradient, slots, learningRate }));
      expect(memory().numTensors - before).toBe(1 + optimizer.slots.length);
      expect(Object.keys(next.slots)).toEqual(optimizer.slots);
      for (const slot of Object.values(slots)) expect([...slot.dataSync()]).toEqual([0, 0]);
      expect([...value.dataSync()]).toEqual([1, 2]);
    },
  );
  it('says which setting cannot be, and which slot is not there', () => {
    expect(() => sgd({ momentum: 1 })).toThrow(/sgd: momentum is 1; it must be at least 0 and below 1/);
    expect(() => sgd({ weightDecay: -1 })).toThrow(/sgd: weightDecay is -1; it must be at least 0$/);
    expect(() => rmsprop({ decay: 1.5 })).toThrow(/rmsprop: decay is 1.5/);
    expect(() => rmsprop({ epsilon: Number.NaN })).toThrow(/rmsprop: epsilon is NaN/);
    const given = { value: scalar(1), gradient: scalar(1), slots: {}, learningRate: scalar(1) };
    expect(() => sgd().update(shaped(1), given)).toThrow(/no slot 'velocity'; start from firstSlots/);
  });
});

describe('clipping by norm', () => {
  it('scales all gradients together, and only when they are too long', () => {
    const gradients = new Map([
      ['a', tensor1d([3])],
      ['b', tensor1d([4])],
    ]);
    const clipped = (norm: number) => [...clipByNorm(gradients, norm).values()].map((g) => g.dataSync()[0] ?? 0);
    expect(clipped(1)).toEqual(close([0.6, 0.8])); // of norm 5
    expect(clipped(10)).toEqual([3, 4]);
    expect(() => clipByNorm(gradients, 0)).toThrow(/norm is 0/);
    expect(() => clipByNorm(new Map(), 1)).toThrow(/no gradients/);
  });
});

describe.skipIf(!there)('parity (needs ../shared/data)', () => {
  const decayed = { momentum: 0.9, weightDecay: 0.01 };
  const torch = { decay: 0.9, momentum: 0.9, epsilon: 1e-3 };
  it.each<[string, string, Optimizer]>([
    ['training.json', 'SGD', sgd({ momentum: 0 })],
    ['training.json', 'SGD momentum .9', sgd()],
    ['training.json', 'SGD momentum .9 nesterov', sgd({ form: 'nesterov' })],
    ['training.json', 'SGD momentum .9 nesterov decay .01', sgd({ ...decayed, form: 'nesterov' })],
    ['training.json', 'torch RMSprop', rmsprop(torch)],
    ['training.json', 'torch RMSprop decay .01', rmsprop({ ...torch, weightDecay: 0.01 })],
    ['training-keras.json', 'RMSprop', rmsprop({ ...torch, epsilonTo: 'square' })],
    ['training-keras.json', 'SGD momentum .9', sgd()],
  ])('%s: %s, ten steps', (file, name, optimizer) => {
    const { problem, [name]: golden } = goldens(file).optimizers;
    const w = shaped(4, 1);
    const [a, c] = [tensor(problem.a, [4, 1]), tensor(problem.c, [4, 1])];
    let value: Tensor = fill([4, 1], 0);
    let slots: Slots = firstSlots(optimizer, [4, 1]);
    expect(golden?.x).toHaveLength(10);
    for (const expected of golden?.x ?? []) {
      const gradient = mul(a, sub(value, c));
      ({ value, slots } = optimizer.update(w, { value, gradient, slots, learningRate: scalar(0.05) }));
      expect([...value.dataSync()]).toEqual(close(expected));
    }
  });
  it.each([
    ['norm 2 max 1', 1],
    ['norm 2 max 100 (nothing to do)', 100],
  ])('clipping, %s', (name, norm) => {
    const { grads, [name]: golden } = goldens('training.json').clipping;
    const [first, second] = grads;
    const clipped = clipByNorm(
      new Map([
        ['first', tensor1d(first)],
        ['second', tensor(second)],
      ]),
      norm,
    );
    expect([...clipped.values()].map((g) => [...g.dataSync()])).toEqual(golden?.clipped.map((g) => close(g.flat())));
  });
});
