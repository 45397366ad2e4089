import { fill, memory, ones, scalar, setBackend, type Tensor, tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Weight, weight } from '../../src/core/weight.ts';
import { clipByNorm, clipped } from '../../src/train/clip.ts';
import { firstSlots, type Optimizer, rmsprop, sgd } from '../../src/train/optimizer.ts';
import { adam, adamW } from '../../src/train/optimizerAdam.ts';

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

describe('adam', () => {
  it('steps by the rate at first, whatever the size of the gradient, and after a jump by less', () => {
    expect(path(adam(), [3])).toEqual(close([0.9]));
    // m = 0.9 * 0.1 * 1 + 0.1 * 3 = 0.39 over 0.19; s = (0.999 * 1 + 9) / 1000 over 0.001999
    expect(path(adam(), [1, 3])).toEqual(close([0.9, 0.9 - (0.1 * (0.39 / 0.19)) / Math.sqrt(9.999 / 1.999)]));
  });
  it('decays a kernel within the gradient, or as adamW apart from it', () => {
    expect(path(adam({ weightDecay: 0.5 }), [1], [1, 1])).toEqual(close([0.9])); // a first step has one size
    expect(path(adamW({ weightDecay: 0.5 }), [1], [1, 1])).toEqual(close([0.85])); // 1 - 0.1 * 0.5 - 0.1
    expect(path(adamW({ weightDecay: 0.5 }), [1], [1])).toEqual(close([0.9]));
  });
});

describe('an optimizer', () => {
  it.each([sgd(), sgd({ dampening: 0.5 }), rmsprop({ by: 'variance' }), adam({ square: 'largest' }), adamW()])(
    'makes its value and slots anew and moves nothing that it was given: $name',
    (optimizer) => {
      const w = shaped(2);
      const [value, gradient, learningRate] = [tensor1d([1, 2]), tensor1d([3, 4]), scalar(0.1)];
      const slots = firstSlots(optimizer, [2]);
      const before = memory().numTensors;
      const next = tidy(() => optimizer.update(w, { value, gradient, slots, learningRate }));
      expect(memory().numTensors - before).toBe(1 + Object.keys(optimizer.slots).length);
      expect(Object.keys(next.slots)).toEqual(Object.keys(optimizer.slots));
      for (const slot of Object.values(slots)) expect([...slot.dataSync()].every((number) => number === 0)).toBe(true);
      expect([...value.dataSync()]).toEqual([1, 2]);
    },
  );
  it('says which setting cannot be, and which slot is not there', () => {
    expect(() => sgd({ momentum: 1 })).toThrow(/sgd: momentum is 1; it must be at least 0 and below 1/);
    expect(() => sgd({ weightDecay: -1 })).toThrow(/sgd: weightDecay is -1; it must be at least 0$/);
    expect(() => rmsprop({ decay: 1.5 })).toThrow(/rmsprop: decay is 1.5/);
    expect(() => rmsprop({ epsilon: Number.NaN })).toThrow(/rmsprop: epsilon is NaN/);
    expect(() => adam({ decays: [0.9, 1] })).toThrow(/adam: decays\[1\] is 1; it must be at least 0 and below 1/);
    expect(() => adamW({ weightDecay: -1 })).toThrow(/adamW: weightDecay is -1/);
    expect(() => sgd({ form: 'nesterov', dampening: 0.1 })).toThrow(/dampening is 0.1; Nesterov's form has none/);
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

describe('clipping each gradient', () => {
  const numbers = (x: Tensor) => [...x.dataSync()];
  it('cuts numbers, or the length of the whole', () => {
    const gradient = tensor1d([3, -4]);
    expect(numbers(clipped({ name: 'value', most: 3.5 }, gradient, gradient))).toEqual([3, -3.5]);
    expect(numbers(clipped({ name: 'norm', most: 1 }, gradient, gradient))).toEqual(close([0.6, -0.8])); // of length 5
    expect(numbers(clipped({ name: 'norm', most: 9 }, gradient, gradient))).toEqual([3, -4]);
  });
  it('adapts to the weights, output by output', () => {
    const adaptive = { name: 'adaptive', most: 0.1, epsilon: 1e-3 } as const;
    const kernel = tensor([3, 0, 4, 0], [2, 2]); // outputs of length 5 and 0
    const gradient = tensor([3, 3, 4, 4], [2, 2]); // both of length 5
    expect(numbers(clipped(adaptive, kernel, gradient))).toEqual(close([0.3, 6e-5, 0.4, 8e-5])); // to 0.5 and 1e-4
    const [depthwise, slope] = [ones([2, 2, 3, 1]), fill([2, 2, 3, 1], 5)]; // a channel of length 2, its slope of 10
    expect(numbers(clipped(adaptive, depthwise, slope))).toEqual(close(new Array<number>(12).fill(0.1))); // to 0.2
  });
});
