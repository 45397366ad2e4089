import '@tensorflow/tfjs-layers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { torchvision } from '../../src/backbone/variant.ts';
import { count } from '../../src/core/model.ts';
import { ssdCoder } from '../../src/detection/coder.ts';
import { torchvisionSsd } from '../../src/detection/torchvisionRules.ts';
import { ssd300, ssd512, ssdRows } from '../../src/model/ssd.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { summary } from '../../src/trace/summary.ts';

beforeAll(() => useBackend('wasm'));

// Parameters and products: torchvision, SSD300_VGG16_Weights (91 classes with the background); mmdetection, ssd512_coco (81).
const published = [
  {
    name: 'SSD300, COCO',
    make: () => ssd300({ classes: 90, variant: torchvision }),
    side: 300,
    parameters: 35_641_826,
    macs: 34_858_153_472,
  },
  {
    name: 'SSD300, VOC',
    make: () => ssd300({ classes: 20, data: 'voc' }),
    side: 300,
    parameters: 26_285_486,
    macs: undefined,
  },
  {
    name: 'SSD300, people',
    make: () => ssd300({ labels: ['person'] }),
    side: 300,
    parameters: 23_745_908,
    macs: undefined,
  },
  {
    name: 'SSD512, COCO',
    make: () => ssd512({ classes: 80 }),
    side: 512,
    parameters: 36_038_196,
    macs: 98_628_936_704,
  },
] as const;

describe('SSD', () => {
  it.each(published)('$name has the published parameters, products and boxes', ({ make, side, parameters, macs }) => {
    const model = make();
    const row = ssdRows.find((found) => found.side === side);
    expect(count(model)).toEqual({ parameters, statistics: 0 });
    const counted = summary(model, [1, side, side, 3]);
    expect(counted.parameters).toBe(parameters);
    if (macs) expect(counted.macs).toBe(macs); // 34.858 G in torchvision's metadata; SSD512 98.63 G in mmdetection's
    expect(model.maps.map(({ height }) => height)).toEqual(row?.maps);
    expect(model.anchors).toHaveLength(4 * (row?.anchors ?? 0));
    expect(counted.outputs.map(({ shape }) => shape)).toEqual([
      [1, row?.anchors, 4],
      [1, row?.anchors, model.labels.length + 1],
    ]);
  });
  it('is made without a number', () => {
    const before = memory().numBytes;
    for (const { make } of published) make();
    expect(memory().numBytes).toBe(before);
  });
  it('says how its predictions are to be read', () => {
    const model = ssd300({ labels: ['person'] });
    expect([model.coder, model.rule]).toEqual([ssdCoder, torchvisionSsd]);
    expect(model.standardization.mean).toEqual([123, 117, 104]);
    expect(ssd300({ classes: 1, variant: torchvision }).backbone.variant?.name).toBe('torchvision');
  });
  it("has anchors for COCO's objects or for VOC's, larger than the image where the paper's may be", () => {
    const sideOf = ({ anchors }: { anchors: Float32Array }, k: number) =>
      (anchors[4 * k + 2] ?? 0) - (anchors[4 * k] ?? 0);
    expect(sideOf(ssd300({ classes: 1 }), 0)).toBeCloseTo(21, 4);
    expect(sideOf(ssd300({ classes: 1, data: 'voc' }), 0)).toBeCloseTo(30, 4);
    const tallest = 261 * Math.SQRT2; // the last anchor, upright
    expect(sideOf(ssd300({ classes: 1 }), 8731)).toBeCloseTo(tallest, 3);
    expect(sideOf(ssd300({ classes: 1, variant: torchvision }), 8731)).toBeCloseTo(300, 3);
  });
  it('says what cannot be', () => {
    expect(() => ssd300({ classes: 0 })).toThrow('ssd300: classes is 0');
    expect(() => ssd512({ labels: [] })).toThrow('ssd512: labels are []');
    expect(() => ssd512({ classes: 80, variant: torchvision })).toThrow('torchvision has SSD300 only');
  });
});
