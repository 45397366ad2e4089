import { grads, mul, setBackend, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, use } from './backends.ts';
import { draw, kinds, numbers } from './cases.ts';

const rounds = 24;

/** The value of a case, then the gradients of its inputs under weights of the value. */
async function run(backend: string, { name, shapes, run: of }: ReturnType<typeof draw>): Promise<Float32Array[]> {
  await setBackend(backend);
  return tidy(() => {
    const inputs = shapes.map((shape, i) => tensor(numbers(shape, name, i), [...shape]));
    const weighed = (y: Tensor) => sum(mul(y, tensor(numbers(y.shape, 'weights', name), y.shape)));
    const all = [of(inputs), ...grads((...xs: Tensor[]) => weighed(of(xs)))(inputs)];
    return all.map((t) => t.dataSync() as Float32Array);
  });
}

for (const { name: backend, absent } of backends)
  describe.skipIf(absent)(`${backend}${absent ? ` (skipped: ${absent})` : ''}`, () => {
    beforeAll(async () => {
      await use('cpu');
      await use(backend);
    }, 60_000);

    for (const kind of Object.keys(kinds))
      it(`has the values and gradients of the cpu backend for ${kind}, in ${rounds} drawn places`, async () => {
        for (let n = 0; n < rounds; n++) {
          const drawn = draw(kind, n);
          if (drawn.pixels && backend === 'tensorflow') continue;
          const [expected, computed] = [await run('cpu', drawn), await run(backend, drawn)];
          for (const [i, right] of expected.entries()) {
            const largest = Math.max(...right.map(Math.abs), 1e-3);
            const error = right.reduce(
              (worst, v, j) => Math.max(worst, Math.abs(v - (computed[i]?.[j] ?? Number.NaN))),
              0,
            );
            // 1e-5 of the largest: float32 sums of up to some thousand numbers in another order.
            expect(error / largest, `${drawn.name}, ${i === 0 ? 'value' : `gradient of input ${i - 1}`}`).toBeLessThan(
              1e-5,
            );
          }
        }
      });
  });
