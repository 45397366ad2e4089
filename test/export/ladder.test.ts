import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { graphModelDifference } from './graphModel.ts';
import { drawn, onnxDifference, stirred } from './onnx.ts';

/** Relative to the largest number of an output; float32 sums in another order. */
const close = 1e-4;

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const rungs = Object.entries(ladder);
const detectorOf = (make: (typeof rungs)[number][1]) => stirred(make(small([128, 128])));
const picture = (images: number) => tf.mul(tf.add(drawn([images, 128, 128, 3]), 1), 127.5);

describe('a rung of the ladder', () => {
  it.each(rungs)('%s gives the same in ONNX Runtime', { timeout: 20_000 }, async (_, make) => {
    const model = detectorOf(make);
    for (const layout of ['NHWC', 'NCHW'] as const)
      for (const images of [1, 3])
        expect(await onnxDifference(model as never, picture(images), { layout, spec: [1, 128, 128, 3] })).toBeLessThan(
          close,
        );
  });
  it.each(rungs)('%s gives the same in ONNX Runtime for the web', { timeout: 20_000 }, async (_, make) => {
    const options = { runtime: web, spec: [1, 128, 128, 3] };
    expect(await onnxDifference(detectorOf(make) as never, picture(2), options)).toBeLessThan(close);
  });
  it.each(rungs)('%s gives the same as a graph model', { timeout: 20_000 }, async (_, make) => {
    const model = detectorOf(make);
    for (const images of [1, 3])
      expect(await graphModelDifference(model as never, picture(images), { spec: [1, 128, 128, 3] })).toBeLessThan(
        close,
      );
  });
});
