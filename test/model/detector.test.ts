import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { weights } from '../../src/core/block.ts';
import { asVariables } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { summary } from '../../src/trace/summary.ts';

const tiny = () => efficientNet({ width: 0.25, depth: 0.3 });
const levels = ['P3', 'P4', 'P5', 'P6', 'P7'] as const;
/** Two anchors a cell on each level. */
const two = (count: number) =>
  baselineAnchors({ sides: [16, 32, 48, 64, 80].slice(0, count), ratios: [1 / 2, 1], scales: [1] });
const model = () =>
  detector({
    backbone: tiny(),
    neck: bifpn({ from: 'P3', to: 'P7', channels: 8, cells: 2 }),
    head: ssdHead({ levels, anchors: two(levels.length), labels: ['person'] }),
    inputSize: [72, 40], // not square, no multiples of 128
  });

beforeAll(() => useBackend('wasm'));

describe('a detector', () => {
  it('is complete when made: every weight has its shape and its place, and nothing is allocated', () => {
    const before = tf.memory().numBytes;
    const made = model();
    expect(tf.memory().numBytes).toBe(before);
    for (const [place, weight] of weights(made))
      expect([weight.place, weight.shape !== undefined]).toEqual([place, true]);
  });
  it('makes a box and its classes for each anchor, of any input shape', () => {
    const { boxes, logits } = model()(tf.fill([2, 72, 40, 3], 128));
    const cells = 9 * 5 + 5 * 3 + 3 * 2 + 2 * 1 + 1 * 1; // ceil(72 / s) * ceil(40 / s), s = 8 to 128
    expect([boxes.shape, logits.shape]).toEqual([
      [2, 2 * cells, 4],
      [2, 2 * cells, 2],
    ]);
    expect([...boxes.dataSync()].every(Number.isFinite)).toBe(true);
  });
  it('gives the maps that its head reads, from which the head makes what the detector does', () => {
    const made = model();
    const images = tf.randomUniform<tf.Rank.R4>([1, 72, 40, 3], 0, 255, 'float32', 3);
    const pyramid = made.pyramid(images);
    expect(Object.keys(pyramid)).toEqual(['P3', 'P4', 'P5', 'P6', 'P7']);
    for (const { level, height, width } of made.maps) expect(pyramid[level].shape).toEqual([1, height, width, 8]);
    const [whole, parted] = [made(images), made.head(pyramid)];
    expect([...parted.boxes.dataSync()]).toEqual([...whole.boxes.dataSync()]);
    expect([...parted.logits.dataSync()]).toEqual([...whole.logits.dataSync()]);
  });
  it('says what it resizes its input to, and gives maps of that', () => {
    const made = detector({
      backbone: tiny(),
      neck: fpn({ stages: ['C3', 'C4', 'C5'], channels: 8 }),
      head: ssdHead({ levels: ['P3', 'P4', 'P5'], anchors: two(3), labels: ['person'] }),
      inputSize: [32, 32],
      resize: [64, 96],
    });
    expect([made.resize, model().resize]).toEqual([[64, 96], undefined]);
    expect(made.pyramid(tf.fill([1, 32, 32, 3], 128)).P3.shape).toEqual([1, 8, 12, 8]);
  });
  it('shows its standardization in its summary', () => {
    expect(summary(model(), [1, 72, 40, 3]).inputs[0]?.preparation).toMatch(/^- \[123\.675, .*\/ \[58\.395/); // ImageNet's
  });
  it('learns on tfjs wasm: three steps lower the loss, and no tensor is left behind', () => {
    const made = model();
    const variables = asVariables(made);
    const optimizer = tf.train.sgd(0.001);
    const image = tf.randomUniform([2, 72, 40, 3], 0, 255, 'float32', 5);
    const step = () => {
      const pass = trainingPass();
      const loss = optimizer.minimize(
        () => {
          const { boxes, logits } = made(image as tf.Tensor4D, pass);
          return tf.add<tf.Scalar>(tf.mean(tf.square(boxes)), tf.mean(tf.square(logits)));
        },
        true,
        variables,
      );
      for (const [weight, value] of pass.updates) weight.write(value);
      tf.dispose([...pass.updates.values()]);
      const value = loss?.dataSync()[0] ?? Number.NaN;
      loss?.dispose();
      return value;
    };
    const first = step();
    const before = tf.memory().numTensors;
    step();
    expect(step()).toBeLessThan(first);
    expect(tf.memory().numTensors).toBe(before);
  });
  it('names the maps that do not fit, and what to do', () => {
    const neck = fpn({ stages: ['C3', 'C4', 'C5'], channels: 8, upsample: 'transposed' });
    const head = ssdHead({ levels: ['P3'], anchors: two(1), labels: ['person'] });
    expect(() => detector({ backbone: tiny(), neck, head, inputSize: [72, 72] })).toThrow(
      /C4 is 5x5 with 8 channels but C5 doubled is 6x6 with 8 channels; use an input whose sides are multiples/,
    );
  });
  it('refuses a size that is no number of pixels', () => {
    const neck = fpn({ stages: ['C3'], channels: 8 });
    const head = ssdHead({ levels: ['P3'], anchors: two(1), labels: ['person'] });
    expect(() => detector({ backbone: tiny(), neck, head, inputSize: [64.5, 64] })).toThrow(
      /height of inputSize is 64\.5/,
    );
  });
});
