import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grads, mul, setBackend, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { draw, kinds, numbers } from './cases.ts';

// Central differences of float32 sums of some hundred numbers of size 1: 1e-2 leaves errors near 1e-3.
const step = 1e-2;

/** Four places of a kind, none at an activation with a corner: a difference across it is no derivative. */
const smooth = (kind: string) =>
  Array.from({ length: 20 }, (_, n) => draw(kind, n))
    .filter(({ name }) => !name.includes('relu'))
    .slice(0, 4);

describe('gradients of the bodies', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  for (const kind of Object.keys(kinds))
    it.each(smooth(kind))('are the finite differences of $name', ({ name, shapes, run }) => {
      const values = shapes.map((shape, i) => numbers(shape, name, i));
      const loss = (inputs: readonly Tensor[]) => {
        const y = run(inputs);
        return sum(mul(y, tensor(numbers(y.shape, 'weights', name), y.shape)));
      };
      const at = (all: readonly Float32Array[]) =>
        tidy(() => loss(all.map((v, i) => tensor(v, [...(shapes[i] ?? [])]))).dataSync()[0] ?? Number.NaN);
      const computed = tidy(() =>
        grads((...inputs: Tensor[]) => loss(inputs))(values.map((v, i) => tensor(v, [...(shapes[i] ?? [])]))).map(
          (g) => g.dataSync() as Float32Array,
        ),
      );

      for (const [i, gradient] of computed.entries()) {
        const largest = Math.max(0.1, ...gradient.map(Math.abs));
        const count = gradient.length;
        for (let j = 0; j < count; j += Math.max(1, Math.floor(count / 7))) {
          const moved = (by: number) => values.map((v, k) => (k === i ? v.map((x, l) => (l === j ? x + by : x)) : v));
          const difference = (at(moved(step)) - at(moved(-step))) / (2 * step);
          expect(Math.abs(difference - (gradient[j] ?? Number.NaN)) / largest, `input ${i}, number ${j}`).toBeLessThan(
            2e-2,
          );
        }
      }
    });
});
