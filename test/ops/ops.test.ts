import {
  fill,
  grad,
  memory,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { biasAdd } from '../../src/ops/biasAdd.ts';
import { convTranspose } from '../../src/ops/convTranspose.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { ranks } from '../../src/ops/ranks.ts';
import { resizeBilinear } from '../../src/ops/resizeBilinear.ts';
import { scaleChannels } from '../../src/ops/scaleChannels.ts';
import { spatialMean } from '../../src/ops/spatialMean.ts';
import { swish } from '../../src/ops/swish.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { weightedSum } from '../../src/ops/weightedSum.ts';
import { use } from './backends.ts';
import { draw, kinds, numbers } from './cases.ts';

const numbersOf = (make: () => Tensor) => tidy(() => [...make().dataSync()]);
const map = (values: readonly number[], h: number, w: number) => tensor4d([...values], [1, h, w, 1]);

describe.each(['cpu', 'wasm'] as const)('ops on %s', (backend) => {
  beforeAll(async () => {
    await use(backend);
  });

  it('counts ranks from the largest, the first of equals first', () => {
    expect(numbersOf(() => ranks(tensor1d([0.5, 3, 0.5, -1, 9])))).toEqual([2, 1, 3, 4, 0]);
    expect(
      numbersOf(() =>
        ranks(
          tensor2d([
            [1, 2],
            [4, 3],
          ]),
        ),
      ),
    ).toEqual([1, 0, 0, 1]);
  });

  it("takes pixel floor(i * h / h') of a map in nearest resizing, whole ratio or not", () => {
    const from = (rows: number, to: number) =>
      numbersOf(() =>
        upsampleNearest(
          map(
            Array.from({ length: rows }, (_, i) => i),
            rows,
            1,
          ),
          [to, 1],
        ),
      );
    expect(from(3, 6)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(from(3, 5)).toEqual([0, 0, 1, 1, 2]); // floor(0, .6, 1.2, 1.8, 2.4)
    expect(from(4, 2)).toEqual([0, 2]);
    expect(from(2, 98)[49]).toBe(1); // 49 * 2 / 98 = 1; in floats 49 * (2 / 98) is below
  });

  it('interpolates between the centres of pixels', () => {
    // Centres of 4 pixels over 2: -.25, .25, .75, 1.25 pixels; the edge repeats outside.
    expect(numbersOf(() => resizeBilinear(map([0, 4], 1, 2), [1, 4]))).toEqual([0, 1, 3, 4]);
    const back = numbersOf(() => grad((x: Tensor) => sum(resizeBilinear(x as Tensor4D, [1, 4])))(map([0, 4], 1, 2)));
    expect(back).toEqual([2, 2]); // 1 + .75 + .25, and the same from the right
  });

  it('ends swish at 0 for minus infinity, grows with x for plus infinity, and passes NaN', () => {
    const [low, high, none] = numbersOf(() => swish(tensor1d([-1e4, Number.POSITIVE_INFINITY, Number.NaN])));
    expect(Math.abs(low ?? 1)).toBeLessThan(1e-30);
    expect(high).toBe(Number.POSITIVE_INFINITY);
    expect(none).toBeNaN();
  });

  it('has statistics of channels far from zero right, and passes NaN through their own channel alone', () => {
    const count = 500;
    const values = numbers([count], 'statistics').map((v) => 200 + v);
    const exact = values.reduce((a, b) => a + b) / count;
    const spread = values.reduce((a, b) => a + (b - exact) ** 2, 0) / count;
    tidy(() => {
      const x = tensor([...values], [1, count, 1, 1]) as Tensor4D;
      const { mean, variance } = batchNormTraining(x, fill([1], 1), fill([1], 0), { epsilon: 1e-3 });
      // A float32 at 200 is good to 1.5e-5; unshifted sums of squares would be wrong by 5e-2 of the variance.
      expect(Math.abs((mean.dataSync()[0] ?? 0) - exact)).toBeLessThan(2e-4);
      expect(Math.abs((variance.dataSync()[0] ?? 0) / spread - 1)).toBeLessThan(1e-3);

      const two = tensor4d([1, Number.NaN, 3, 4, 5, 6], [1, 3, 1, 2]);
      const made = batchNormTraining(two, fill([2], 1), fill([2], 0), { epsilon: 1e-3, activation: 'swish' });
      expect([...made.y.dataSync()].map(Number.isNaN)).toEqual([false, true, false, true, false, true]);
    });
  });

  it("has a batch norm's variance biased: divided by the count", () => {
    tidy(() => {
      const made = batchNormTraining(tensor2d([[1], [5]]), tensor1d([2]), tensor1d([1]), { epsilon: 0 });
      expect([made.mean, made.variance, made.y].map((t) => [...t.dataSync()])).toEqual([[3], [4], [-1, 3]]);
    });
  });

  it.each([
    ['relu', [0, 0, 1, 1]],
    ['relu6', [0, 0, 1, 0]],
  ] as const)('lets a gradient through %s where it is not flat', (activation, slopes) => {
    // Two rows a channel, normalised to -1 and 1, so that z = offset - scale and offset + scale.
    tidy(() => {
      const x = tensor2d([
        [-1, -1],
        [1, 1],
      ]);
      const run = (offset: Tensor) =>
        sum(batchNormTraining(x, tensor1d([1, 4]), offset as Tensor1D, { epsilon: 0, activation }).y);
      const [a, b] = [...grad(run)(tensor1d([-2, 5])).dataSync()]; // z: -3, -1 and 1, 9
      expect([a, b]).toEqual([(slopes[0] ?? 0) + (slopes[1] ?? 0), (slopes[2] ?? 0) + (slopes[3] ?? 0)]);
    });
  });

  it.each([
    ['bias', () => biasAdd(map([1, 2], 1, 2), tensor1d([1, 2])), 'bias [2]; bias must be one number for each of x'],
    ['scale', () => scaleChannels(map([1, 2], 1, 2), map([1, 2], 1, 2)), 'they must be [b, h, w, c] and [b, 1, 1, c]'],
    [
      'maps',
      () => weightedSum([map([1], 1, 1), map([1, 2], 1, 2)], tensor1d([1, 1])),
      'resize them to one shape first',
    ],
    ['weights', () => weightedSum([map([1], 1, 1)], tensor1d([1, 1])), '1 maps but weights of shape [2]'],
    ['size', () => upsampleNearest(map([1], 1, 1), [0, 2]), 'size is [0,2]; it must be height and width'],
    ['size', () => resizeBilinear(map([1], 1, 1), [1.5, 2]), 'size is [1.5,2]; it must be height and width'],
    ['rank', () => spatialMean(tensor1d([1]) as never), 'x is [1]; it must be [b, h, w, c]'],
    [
      'size',
      () => convTranspose(map([1], 1, 1), tensor4d([1], [1, 1, 1, 1]), { stride: 2, outputSize: [5, 2] }),
      'convolves to 3x1 but x is 1x1; choose another outputSize or padding',
    ],
    [
      'dilation',
      () => dilatedConv(map([1], 1, 1), tensor4d([1], [1, 1, 1, 1]), { dilation: 0.5 }),
      'dilation is 0.5; it must be a whole number of at least 1',
    ],
    [
      'channels',
      () => batchNormTraining(tensor2d([[1], [5]]), tensor1d([2, 2]), tensor1d([1]), { epsilon: 0 }),
      'scale is [2] but x is [2,1]; scale must be [1]',
    ],
  ] as const)('refuses a wrong %s and says what may be', (_, run, message) => {
    tidy(() => {
      expect(run as () => unknown).toThrow(RangeError);
      expect(run as () => unknown).toThrow(message);
    });
  });

  it.each(Object.keys(kinds))('leaves nothing behind after a gradient of %s', (kind) => {
    const { shapes, run, name } = draw(kind, 1);
    const inputs = shapes.map((shape, i) => tensor(numbers(shape, name, i), [...shape]));
    const once = () =>
      tidy(() => {
        const [first, ...rest] = inputs;
        if (first) grad((x: Tensor) => sum(run([x, ...rest])))(first);
      });
    once();
    const before = memory().numTensors;
    once();
    expect(memory().numTensors).toBe(before);
    for (const input of inputs) input.dispose();
  });
});
