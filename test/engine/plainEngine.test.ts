import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

beforeAll(() => use('cpu'));

it('runs what follows a detector: heads joined, scores, the best ones, their boxes', async () => {
  const filters = [3, 4].map((seed) => tf.randomUniform<tf.Rank.R4>([1, 1, 6, 18], -1, 1, 'float32', seed));
  const found = (p: tf.Tensor4D, q: tf.Tensor4D) =>
    tf.tidy(() => {
      const heads = [p, q].map((map, i) => {
        const y = tf.conv2d(map, filters[i] ?? map, 1, 'same');
        return tf.reshape(y, [2, -1, 9]);
      });
      const all = tf.concat(heads, 1); // [2, 2 * (4 * 3 + 2 * 2), 9]
      const [boxes, logits] = tf.split(all, [4, 5], 2) as [tf.Tensor3D, tf.Tensor3D];
      const scores = tf.max(tf.sigmoid(logits), 2);
      const best = tf.topk(scores, 5);
      const centre = tf.clipByValue(
        tf.add(tf.mul(tf.exp(boxes), 0.5), tf.slice(tf.mean(all, [1], true), [0, 0, 0], [2, 1, 4])),
        0,
        3,
      );
      const chosen = tf.gather(centre, best.indices, 1, 1);
      return { scores: best.values, chosen, classes: tf.softmax(logits), at: tf.argMax(logits, 2) };
    });
  const [p, q] = [
    tf.randomNormal<tf.Rank.R4>([2, 4, 3, 6], 0, 1, 'float32', 1),
    tf.randomNormal<tf.Rank.R4>([2, 2, 2, 6], 0, 1, 'float32', 2),
  ];
  const fast = compile(found, { target: await wasmEngine({ threads: 1 }) });
  const [made, wanted] = [fast(p, q), found(p, q)];
  for (const name of ['scores', 'chosen', 'classes', 'at'] as const) {
    const [got, want] = [made[name].dataSync(), wanted[name].dataSync()];
    expect(made[name].shape).toEqual(wanted[name].shape);
    for (const [i, v] of want.entries())
      expect(Math.abs((got[i] ?? Number.NaN) - v), `${name} ${i}`).toBeLessThanOrEqual(1e-5);
  }
});
