import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv, separableConv } from '../../src/block/conv.ts';
import { fuse } from '../../src/block/fuse.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { squeezeExcite } from '../../src/block/squeezeExcite.ts';
import { upsample } from '../../src/block/upsample.ts';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';

const numbers = (of: tf.Tensor) => [...of.dataSync()];
const row = (...values: number[]) => tf.tensor4d(values, [1, 1, values.length, 1]);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('padding', () => {
  it.each([
    ['same', [1 + 2 + 3, 3 + 4]], // the odd pixel right: windows 1 2 3 and 3 4 0
    ['symmetric', [1 + 2, 2 + 3 + 4]], // one on each side: 0 1 2 and 2 3 4
  ] as const)('%s puts the windows of a stride of two where its library does', (padding, expected) => {
    const block = conv({ filters: 1, kernel: 3, stride: 2, padding, bias: false });
    const x = row(1, 2, 3, 4);
    block(x);
    const [kernel] = weights(block).values();
    kernel?.write(Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0)); // the middle row of the filter
    expect(numbers(block(x))).toEqual(expected);
  });
});

describe('fusion', () => {
  const maps = [row(1, 2), row(3, 6)];
  it('adds', () => expect(numbers(fuse({ method: 'sum' })(maps))).toEqual([4, 8]));
  it.each([
    ['fast', 2 / (2 + 1e-4)], // both weights 1: half of each, but for the epsilon
    ['softmax', 1],
  ] as const)('%s starts as the mean', (method, scale) => {
    const mean = numbers(fuse({ method })(maps)).map((x) => x / scale);
    expect(mean[0]).toBeCloseTo(2, 5);
    expect(mean[1]).toBeCloseTo(4, 5);
  });
  it('refuses maps of different shapes', () => {
    expect(() => fuse({ method: 'sum' })([row(1), row(1, 2)])).toThrow(/\[1,1,1,1\], \[1,1,2,1\]; resize them/);
  });
});

describe('upsampling', () => {
  it('repeats pixels', () => {
    const up = numbers(upsample({ method: 'nearest' })(row(1, 2)));
    expect(up).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });
  it('interpolates between the centres of pixels', () => {
    const up = numbers(upsample({ method: 'bilinear' })(row(0, 4))).slice(0, 4);
    expect(up).toEqual([0, 1, 3, 4]); // at -1/4, 1/4, 3/4, 5/4
  });
  it('learns a filter for each place of the larger cell', () => {
    const block = upsample({ method: 'transposed', filters: 5 });
    expect(complete(block, [2, 3, 4, 7])).toEqual([2, 6, 8, 5]); // (3 - 1) * 2 + 2
    expect(count(block).parameters).toBe(2 * 2 * 5 * 7 + 5);
  });
  it('refuses a scale that is no whole number', () => {
    expect(() => upsample({ method: 'nearest', scale: 1.5 })).toThrow(/scale is 1\.5/);
  });
});

describe('the inverted residual', () => {
  it("has the parameters of B4's last block", () => {
    const block = mbConv({ filters: 448, kernel: 3 });
    complete(block, [1, 4, 5, 448]);
    const wide = 2688;
    const squeeze = wide * 112 + 112 + 112 * wide + wide; // of the narrow input: 448 / 4
    expect(count(block)).toEqual({
      parameters: 448 * wide + 2 * wide + 9 * wide + 2 * wide + squeeze + wide * 448 + 2 * 448,
      statistics: 2 * wide + 2 * wide + 2 * 448,
    });
  });
  it('adds its input only where stride and channels allow', () => {
    expect(complete(mbConv({ filters: 4, stride: 2 }), [1, 5, 7, 4])).toEqual([1, 3, 4, 4]);
    expect(complete(mbConv({ filters: 8, expand: 1, squeeze: 0 }), [1, 5, 7, 4])).toEqual([1, 5, 7, 8]);
  });
});

it('squeeze and excitation weighs channels between 0 and 1', () => {
  const y = numbers(squeezeExcite({ filters: 2 })(tf.ones([1, 2, 2, 3])));
  expect(y.every((value) => value > 0 && value < 1)).toBe(true);
});

it('a separable convolution has one depthwise filter a channel and a bias at its end', () => {
  const block = separableConv({ filters: 5 });
  complete(block, [1, 4, 4, 3]);
  expect(count(block).parameters).toBe(9 * 3 + 3 * 5 + 5);
});
