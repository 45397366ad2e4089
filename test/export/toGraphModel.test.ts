import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { blocks, fusion, fusions, ofMaps, ofRows } from './cases.ts';
import { graphModelDifference } from './graphModel.ts';
import { drawn, stirred } from './onnx.ts';

/** Relative to the largest number of an output; folded batch norms round otherwise. */
const close = 2e-5;

async function check(run: unknown, sides: readonly number[]): Promise<void> {
  for (const [images, batch] of [
    [1, 'free'],
    [3, 'free'],
    [2, 'fixed'],
  ] as const) {
    const spec = [batch === 'fixed' ? images : 1, ...sides];
    const far = await graphModelDifference(run as never, drawn([images, ...sides]), { batch, spec });
    expect(far, `${images}, ${batch}`).toBeLessThan(close);
  }
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a function of maps gives the same as a graph model', () => {
  it.each(Object.entries(ofMaps))('%s', (_, run) => check(run, [7, 9, 4]));
});
describe('a function of rows gives the same as a graph model', () => {
  it.each(Object.entries(ofRows))('%s', (_, run) => check(run, [6, 5]));
});
describe('a block gives the same as a graph model', () => {
  it.each(Object.entries(blocks))('%s', (_, make) => {
    const block = make();
    block(tf.zeros([1, 8, 12, 4]));
    return check(stirred(block as never), [8, 12, 4]);
  });
  it.each(fusions)('fusion by %s', (method) => {
    const block = fusion(method);
    const run = (x: tf.Tensor4D) => block([x, tf.relu(x), tf.maxPool(x, 3, 1, 'same')]);
    run(tf.zeros([1, 8, 12, 4]));
    stirred(block);
    return check(run, [8, 12, 4]);
  });
});
