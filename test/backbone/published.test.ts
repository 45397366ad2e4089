import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { summary } from '../../src/trace/summary.ts';
import { published } from './published.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('every published backbone', () => {
  it.each(published)(
    '$name at $side has the published parameters, statistics, multiply-adds and maps',
    ({ name, make, parameters, withoutHead, statistics, macs, side, channels }) => {
      const model = make({ classes: 1000, inputSize: [side, side] });
      expect([model.architecture, model.backbone.architecture]).toEqual([name, name]);
      expect(summary(model, [1, side, side, 3])).toMatchObject({ parameters, statistics, macs });
      expect(count(model.backbone).parameters).toBe(withoutHead);
      const strides = channels.map((c, i) => ({ channels: c, stride: 2 ** (i + 1) }));
      expect(Object.values(model.backbone.features)).toEqual(strides);
    },
  );
  it.each(published)('$name makes maps of its features, at odd sides too', ({ make, channels }) => {
    const backbone = make();
    const maps = Object.values(complete(backbone, [2, 97, 66, 3]));
    const halved = (side: number, times: number): number =>
      times === 0 ? side : halved(backbone.architecture?.startsWith('vgg') ? side >> 1 : (side + 1) >> 1, times - 1);
    expect(maps).toEqual(channels.map((c, i) => [2, halved(97, i + 1), halved(66, i + 1), c]));
  });
  it('is made as a classifier without any number', () => {
    const before = tf.memory().numBytes;
    for (const { make } of published) {
      const model = make({ classes: 1000 });
      for (const [place, weight] of weights(model))
        expect([weight.place, weight.shape !== undefined]).toEqual([place, true]);
    }
    expect(tf.memory().numBytes).toBe(before);
  });
  it('is built only as deep as it is read', () => {
    for (const { make } of published)
      expect(Object.keys(complete(make().until(['C2', 'C3']), [1, 64, 64, 3]))).toEqual(['C1', 'C2', 'C3']);
  });
});
