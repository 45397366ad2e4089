import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxOptions } from '../../src/export/toOnnx.ts';
import { blocks, fusion, fusions, ofMaps, ofRows } from './cases.ts';
import { drawn, onnxDifference, stirred } from './onnx.ts';

/** Relative to the largest number of an output; float32 sums in another order. */
const close = 1e-4;

/** Both layouts with the batch free, of one image and of three, and a fixed batch of two. */
const ways: readonly (OnnxOptions & { readonly images: number })[] = [
  { layout: 'NHWC', images: 1 },
  { layout: 'NHWC', images: 3 },
  { layout: 'NCHW', images: 1 },
  { layout: 'NCHW', images: 3 },
  { layout: 'NHWC', images: 2, batch: 'fixed' },
];

async function check(run: unknown, sides: readonly number[]): Promise<void> {
  for (const { images, ...options } of ways) {
    const spec = [options.batch === 'fixed' ? images : 1, ...sides];
    const far = await onnxDifference(run as never, drawn([images, ...sides]), { ...options, spec });
    expect(far, `${images} in ${options.layout}`).toBeLessThan(close);
  }
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a function of maps gives the same in ONNX Runtime', () => {
  it.each(Object.entries(ofMaps))('%s', (_, run) => check(run, [7, 9, 4]));
});
describe('a function of rows gives the same in ONNX Runtime', () => {
  it.each(Object.entries(ofRows))('%s', (_, run) => check(run, [6, 5]));
});
describe('a block gives the same in ONNX Runtime', () => {
  it.each(Object.entries(blocks))('%s', (_, make) => {
    const block = make();
    block(tf.zeros([1, 8, 12, 4]));
    return check(stirred(block as never), [8, 12, 4]);
  });
  it.each(Object.entries(blocks))('%s, in its build for the web', { timeout: 20_000 }, async (_, make) => {
    const block = make();
    block(tf.zeros([1, 8, 12, 4]));
    const far = await onnxDifference(stirred(block as never), drawn([2, 8, 12, 4]), { runtime: web });
    expect(far).toBeLessThan(close);
  });
  it.each(fusions)('fusion by %s', (method) => {
    const block = fusion(method);
    const run = (x: tf.Tensor4D) => block([x, tf.relu(x), tf.maxPool(x, 3, 1, 'same')]);
    run(tf.zeros([1, 8, 12, 4]));
    stirred(block);
    return check(run, [8, 12, 4]);
  });
});
