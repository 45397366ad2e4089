import '@tensorflow/tfjs-layers';
import { fill, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weights } from '../../src/core/block.ts';
import { count, settle } from '../../src/core/model.ts';
import { retinaHead } from '../../src/head/retinaHead.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { useBackend } from '../../src/tfjs/backend.ts';

beforeAll(() => useBackend('wasm'));

const two = {
  shapes: [
    [8, 8],
    [16, 16],
  ],
} as const;
const levels = ['P3', 'P4'] as const;
const maps = { P3: [2, 3, 4, 8], P4: [2, 2, 2, 8] } as const;

describe("RetinaNet's head", () => {
  it('makes boxes and classes of every anchor, level by level', () => {
    const head = retinaHead({ levels, anchors: [two, two], labels: ['person', 'cyclist', 'car'] });
    const anchors = 2 * (3 * 4 + 2 * 2);
    expect(complete(head, maps)).toEqual({ boxes: [2, anchors, 4], logits: [2, anchors, 3] });
    const wide = retinaHead({ levels, anchors: [two, two], labels: ['person'], background: 'column' });
    expect(complete(wide, maps).logits).toEqual([2, anchors, 2]);
  });
  it("shares its layers, so that it has the parameters of torchvision's, whatever the levels", () => {
    const nine = { shapes: Array.from({ length: 9 }, () => [8, 8] as const) };
    const labels = Array.from({ length: 90 }, (_, i) => `${i}`);
    const head = retinaHead({ levels, anchors: [nine, nine], labels, background: 'column' });
    complete(head, { P3: [1, 3, 4, 256], P4: [1, 2, 2, 256] });
    // RetinaNet_ResNet50_FPN_Weights has 34,014,999; ResNet-50's convolutions 23,454,912; pyramid to P7 3,868,672
    expect(count(head).parameters).toBe(34_014_999 - 23_454_912 - 3_868_672);
  });
  it('takes one anchor in a hundred for an object at first, and no box away from its anchor', () => {
    const head = retinaHead({ levels: ['P3'], anchors: [two], labels: ['person'], repeats: 1 });
    complete(head, { P3: [1, 3, 4, 64] });
    settle(head, 0);
    const kernel = weights(head).get('logits/layers/0/kernel')?.read().dataSync() ?? [];
    const deviation = Math.sqrt([...kernel].reduce((sum, x) => sum + x * x, 0) / kernel.length);
    expect(deviation).toBeCloseTo(0.01, 3); // of 36,864 numbers
    tidy(() => {
      const { boxes, logits } = head({ P3: zeros([1, 3, 4, 64]) as Tensor4D });
      for (const logit of logits.dataSync()) expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(0.01, 6);
      for (const code of boxes.dataSync()) expect(code).toBe(0);
    });
  });
  it('gives a map the same answer on every level', () => {
    const head = retinaHead({ levels, anchors: [two, two], labels: ['person'] });
    tidy(() => {
      const map = fill([1, 2, 2, 8], 0.5) as Tensor4D;
      const { boxes } = head({ P3: map, P4: map });
      const all = boxes.dataSync();
      expect(all.slice(0, 32)).toEqual(all.slice(32));
      expect(all.some((x) => x !== 0)).toBe(true);
    });
  });
  it('says what cannot be', () => {
    const labels = ['person'];
    const one = { shapes: [[8, 8]] } as const;
    expect(() => retinaHead({ levels: [], anchors: [], labels })).toThrow('levels is empty');
    expect(() => retinaHead({ levels, anchors: [two], labels })).toThrow('2 levels (P3, P4) but anchors for 1');
    expect(() => retinaHead({ levels, anchors: [two, one], labels })).toThrow(
      'a cell has 2, 1 anchors; its layers are shared',
    );
    expect(() => retinaHead({ levels, anchors: [two, two], labels: [] })).toThrow('retinaHead: labels are []');
    expect(() => retinaHead({ levels, anchors: [two, two], labels, repeats: 1.5 })).toThrow('repeats is 1.5');
  });
});
