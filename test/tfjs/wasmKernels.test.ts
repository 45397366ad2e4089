import {
  backend,
  conv2d,
  depthwiseConv2d,
  engine,
  grad,
  grads,
  maxPool,
  memory,
  mul,
  type NamedTensorMap,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  unsortedSegmentSum,
  zeros,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { heapOf } from '../../src/tfjs/wasmHeap.ts';
import { registerWasmKernels } from '../../src/tfjs/wasmKernels.ts';
import { use } from '../ops/backends.ts';
import { numbers } from '../ops/cases.ts';

const heapBytes = () => (backend() as object as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
/** Where the gradient of a 1 x n map goes whose whole is one window. */
const poolGradient = (values: readonly number[]) =>
  tidy(() => {
    const map = tensor4d([...values], [1, 1, values.length, 1]);
    return [...grad((x: Tensor) => sum(maxPool(x as Tensor4D, [1, values.length], 1, 'valid')))(map).dataSync()];
  });

describe('kernels on the wasm backend', () => {
  beforeAll(() => use('wasm'));

  it.each([
    ['a negative maximum', [-3, -1, -2], [0, 1, 0]],
    ['the first of equal maxima', [2, 5, 5], [0, 1, 0]],
    ['the first of a window of minus infinities', [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], [1, 0]],
    ['a NaN, which is the maximum', [7, Number.NaN, 9], [0, 1, 0]],
    ['a positive maximum', [1, 2, 3], [0, 0, 1]],
  ])('give the gradient of max pooling to %s', (_, values, expected) => {
    expect(poolGradient(values)).toEqual(expected);
  });

  it('keep the sum of the gradient of overlapping windows', () => {
    // 3x3 windows, stride 2, over 17x17: 8 * 8 windows, all maxima negative; tfjs's own kernel loses them.
    const x = numbers([17 * 17 * 2], 'pool').map((v) => -Math.abs(v));
    const whole = tidy(() =>
      grad((t: Tensor) => sum(maxPool(t as Tensor4D, 3, 2, 'valid')))(tensor(x, [1, 17, 17, 2])).dataSync(),
    );
    expect([...whole].reduce((a, b) => a + b)).toBe(128); // 8 * 8 * 2
  });

  it('sum segments and leave out rows whose id is no segment', () => {
    const rows = tidy(() =>
      unsortedSegmentSum(
        tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]),
        tensor1d([1, -1, 1, 5], 'int32'),
        3,
      ).arraySync(),
    );
    expect(rows).toEqual([
      [0, 0],
      [6, 8],
      [0, 0],
    ]);
  });

  it('take padding side by side as pixels, explicit or as a number', () => {
    const x = tensor(numbers([50], 'x'), [1, 5, 5, 2]) as Tensor4D;
    const filter = tensor(numbers([36], 'w'), [3, 3, 2, 2]) as Tensor4D;
    const one = conv2d(x, filter, 1, 1);
    const explicit = conv2d(x, filter, 1, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const uneven = conv2d(x, filter, 1, [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(explicit.arraySync()).toEqual(one.arraySync());
    expect(uneven.shape).toEqual([1, 5, 4, 2]); // 5 + 2 - 2 by 5 + 1 - 2
    expect(uneven.dataSync()[(1 * 4 + 0) * 2]).toBe(one.dataSync()[1 * 2]); // row 1 of the one is row 0 of the other, a column on
  });

  it('refuse numbers that they would misread', () => {
    tidy(() => {
      const [x, filter] = [zeros([1, 1, 1, 1]), zeros([1, 1, 1, 1])];
      const run = (inputs: NamedTensorMap, dataFormat: string) => () =>
        engine().runKernel('Conv2D', inputs, { strides: 1, pad: 'same', dataFormat });
      expect(run({ x: zeros([1, 1, 1, 1], 'int32'), filter }, 'NHWC')).toThrow(
        'Conv2D: x is int32; it must be float32',
      );
      expect(run({ x, filter }, 'NCHW')).toThrow('dataFormat is NCHW; the wasm backend has NHWC alone');
    });
  });

  it('pass NaN and infinity where arithmetic does', () => {
    const value = (x: number, w: number) =>
      tidy(() => conv2d(tensor4d([x], [1, 1, 1, 1]), tensor4d([w], [1, 1, 1, 1]), 1, 'same').dataSync()[0]);
    expect(value(Number.NaN, 0)).toBeNaN();
    expect(value(Number.POSITIVE_INFINITY, 0)).toBeNaN();
    expect(value(Number.POSITIVE_INFINITY, -2)).toBe(Number.NEGATIVE_INFINITY);
    const near = tidy(() => {
      const x = tensor4d([1, Number.NaN, 3, 4, 5, 6, 7], [1, 1, 7, 1]);
      return [...depthwiseConv2d(x, tensor4d([1, 1, 1], [1, 3, 1, 1]), 1, 'same').dataSync()].map(Number.isNaN);
    });
    expect(near).toEqual([true, true, true, false, false, false, false]);
  });

  it('read the heap anew after it has grown', () => {
    const filter = tensor(numbers([9 * 4 * 4], 'w'), [3, 3, 4, 4]) as Tensor4D;
    const x = tensor(numbers([400], 'x'), [1, 10, 10, 4]) as Tensor4D;
    const run = () =>
      tidy(() =>
        grads((a: Tensor, b: Tensor) => sum(mul(conv2d(a as Tensor4D, b as Tensor4D, 2, 'same'), 3)))([x, filter]).map(
          (t) => [...t.dataSync()],
        ),
      );
    const first = run();
    const before = heapBytes();
    const large = zeros([before / 4]); // as many bytes as there are: it must grow
    expect(heapBytes()).toBeGreaterThan(before);
    expect(run()).toEqual(first);
    large.dispose();
  });

  it('give their scratch back: the heap of a hundred steps is that of one', () => {
    const x = tensor(numbers([64 * 64 * 8], 'x'), [1, 64, 64, 8]) as Tensor4D;
    const filter = tensor(numbers([3 * 3 * 8 * 8], 'w'), [3, 3, 8, 8]) as Tensor4D;
    const once = () =>
      tidy(() => {
        grads((a: Tensor, b: Tensor) => sum(conv2d(a as Tensor4D, b as Tensor4D, 1, 'same')))([x, filter]);
      });
    once();
    const [bytes, tensors] = [heapBytes(), memory().numTensors];
    for (let i = 0; i < 100; i++) once();
    expect([heapBytes(), memory().numTensors]).toEqual([bytes, tensors]);
  });

  it('say what a heap that is full means', () => {
    expect(() => heapOf(backend()).scratch(2 ** 32 - 1, () => 0)).toThrow(
      'its heap ends at 4 GiB: take smaller batches',
    );
  });

  it('may be registered again', () => {
    registerWasmKernels();
    expect(poolGradient([-3, -1])).toEqual([0, 1]);
  });
});
