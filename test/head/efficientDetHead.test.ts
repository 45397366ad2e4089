import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { randomUniform, setBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { count, settle } from '../../src/core/model.ts';
import { trainingPass } from '../../src/core/pass.ts';
import { efficientDetHead } from '../../src/head/efficientDetHead.ts';
import { complete } from '../../src/tfjs/abstract.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

const level = {
  shapes: [
    [8, 8],
    [4, 4],
  ],
} as const; // two anchors a cell
const levels = ['P3', 'P4'] as const;
const labels = ['person', 'car', 'dog'];
const make = (options: Partial<Parameters<typeof efficientDetHead<'P3' | 'P4'>>[0]> = {}) => {
  const head = efficientDetHead({ levels, anchors: [level, level], labels, repeats: 2, ...options });
  return { head, shapes: complete(head, { P3: [2, 4, 6, 8], P4: [2, 2, 3, 8] }) };
};

describe("EfficientDet's head", () => {
  it('makes a code and a logit a class for each anchor, without a background', () => {
    const anchors = 2 * (4 * 6 + 2 * 3);
    expect(make().shapes).toEqual({ boxes: [2, anchors, 4], logits: [2, anchors, 3] });
  });
  it('shares its convolutions over the levels, but not its batch norms', () => {
    const places = [...weights(make().head).keys()];
    expect(places.filter((place) => place.startsWith('logits/') && place.endsWith('kernel'))).toEqual([
      'logits/repeats/0/conv/depthwise/kernel',
      'logits/repeats/0/conv/pointwise/kernel',
      'logits/repeats/1/conv/depthwise/kernel',
      'logits/repeats/1/conv/pointwise/kernel',
      'logits/predict/depthwise/kernel',
      'logits/predict/pointwise/kernel',
    ]);
    expect(places.filter((place) => place.startsWith('boxes/') && place.endsWith('gamma'))).toEqual([
      'boxes/repeats/0/norm/P3/gamma',
      'boxes/repeats/0/norm/P4/gamma',
      'boxes/repeats/1/norm/P3/gamma',
      'boxes/repeats/1/norm/P4/gamma',
    ]);
  });
  it('has the weights of its figure', () => {
    const layer = 9 * 8 + 8 * 8 + 8 + 2 * 2 * 8; // depthwise, pointwise, bias, two batch norms
    const predict = (channels: number) => 9 * 8 + 8 * channels + channels;
    expect(count(make().head).parameters).toBe(2 * 2 * layer + predict(2 * 4) + predict(2 * 3));
    expect(count(make({ bias: false }).head).parameters).toBe(2 * 2 * (layer - 8) + predict(2 * 4) + predict(2 * 3));
  });
  it('says at first that one anchor in a hundred has an object', () => {
    const { head } = make();
    settle(head, 0);
    for (const [place, weight] of weights(head))
      if (place.endsWith('predict/pointwise/kernel'))
        weight.write(new Float32Array((weight.shape ?? []).reduce((a, b) => a * b, 1)));
    const map = (height: number, width: number) =>
      randomUniform<import('@tensorflow/tfjs-core').Rank.R4>([2, height, width, 8]);
    const { logits, boxes } = head({ P3: map(4, 6), P4: map(2, 3) });
    for (const logit of logits.dataSync()) expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(0.01, 6);
    expect(boxes.dataSync().every((code: number) => code === 0)).toBe(true);
  });
  it('keeps the size of what it reads through its layers at first', () => {
    const head = efficientDetHead({ levels, anchors: [level, level], labels, repeats: 1 });
    complete(head, { P3: [1, 4, 4, 256], P4: [1, 2, 2, 256] });
    settle(head, 3);
    const spreadOf = (place: string) => {
      const values = weights(head).get(place)?.read().dataSync() ?? [];
      return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
    };
    expect(spreadOf('boxes/repeats/0/conv/depthwise/kernel')).toBeCloseTo(1 / 3, 1); // sqrt(1 / 9)
    expect(spreadOf('boxes/repeats/0/conv/pointwise/kernel')).toBeCloseTo(1 / 16, 2); // sqrt(1 / 256)
  });
  it('has statistics of each level and layer in training', () => {
    const { head } = make();
    settle(head, 0);
    const pass = trainingPass();
    const map = (height: number, width: number) => randomUniform([2, height, width, 8]) as Tensor4D;
    head({ P3: map(4, 6), P4: map(2, 3) }, pass);
    expect(pass.updates.size).toBe(2 * 2 * 2 * 2); // towers, layers, levels, mean and variance
  });
  it.each([
    [{ levels: [], anchors: [] }, 'efficientDetHead: levels is empty'],
    [{ anchors: [level] }, '2 levels (P3, P4) but anchors for 1'],
    [{ anchors: [level, { shapes: [[8, 8]] }] }, 'cells have 2, 1 anchors; its convolutions are shared'],
    [{ labels: ['a', 'a'] }, 'labels are [a,a]; give at least one, none twice'],
    [{ repeats: 0 }, 'repeats is 0; it must be a whole number of at least 1'],
  ] as const)('refuses %o', (wrong, message) => {
    expect(() => efficientDetHead({ levels, anchors: [level, level], labels, ...wrong })).toThrow(message);
  });
});
