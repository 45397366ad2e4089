import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { fusedMbConv } from '../../src/block/fusedMbConv.ts';
import { weights } from '../../src/core/block.ts';
import { count, randomInputs } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { complete } from '../../src/tfjs/abstract.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('the fused inverted residual', () => {
  it("has the parameters of V2-S's fourth stage-2 block", () => {
    const block = fusedMbConv({ filters: 48, expand: 4 });
    complete(block, [1, 4, 4, 48]);
    expect(count(block)).toEqual({
      parameters: 9 * 48 * 192 + 2 * 192 + 192 * 48 + 2 * 48,
      statistics: 2 * 192 + 2 * 48,
    });
  });
  it('without expansion is one filter that is activated, and added to its input', () => {
    const block = fusedMbConv({ filters: 1, expand: 1, norm: { epsilon: 0 } });
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    block(x);
    weights(block)
      .get('project/kernel')
      ?.write(Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0)); // the pixel itself
    const swish = (v: number) => v / (1 + Math.exp(-v));
    expect([...block(x).dataSync()]).toEqual([1, 2, 3, 4].map((v) => expect.closeTo(v + swish(v), 5)));
  });
  it('with expansion ends without activation', () => {
    const block = fusedMbConv({ filters: 2, expand: 2, kernel: 1, activation: 'relu', norm: { epsilon: 0 } });
    const x = tf.tensor4d([1], [1, 1, 1, 1]);
    block(x);
    weights(block).get('expand/kernel')?.write(Float32Array.of(3, -5));
    weights(block)
      .get('project/kernel')
      ?.write(Float32Array.of(-1, 2, 7, 7));
    expect([...block(x).dataSync()]).toEqual([-3, 6]); // relu leaves 3, 0; no residual, for the channels differ
  });
  it('adds its input only where stride and channels allow', () => {
    expect(complete(fusedMbConv({ filters: 4, stride: 2 }), [1, 5, 7, 4])).toEqual([1, 3, 4, 4]);
    expect(complete(fusedMbConv({ filters: 8, expand: 1 }), [1, 5, 7, 4])).toEqual([1, 5, 7, 8]);
  });
  it('drops its residual whole, image by image', () => {
    const block = fusedMbConv({ filters: 1, expand: 1, dropConnect: 0.5 });
    const x = tf.ones<tf.Rank.R4>([2, 1, 1, 1]);
    const kept = (block(x).dataSync()[0] ?? Number.NaN) - 1;
    const [input] = randomInputs(block, { seed: 0, step: 0, batch: 2 });
    if (input === undefined) throw new Error('no random leaf');
    const pass = trainingPass({
      statistics: 'stored',
      randoms: new Map([[input.leaf, tf.tensor([0.4, 0.6], [2, 1, 1, 1])]]),
    });
    expect([...block(x, pass).dataSync()]).toEqual([1, expect.closeTo(1 + 2 * kept, 5)]);
  });
});
