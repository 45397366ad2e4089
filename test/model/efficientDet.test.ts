import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { timm, timmTf } from '../../src/backbone/variant.ts';
import type { blocks } from '../../src/core/block.ts';
import { count, randomInputs } from '../../src/core/model.ts';
import { efficientDet } from '../../src/model/efficientDet.ts';
import * as lite from '../../src/model/efficientDetLite.ts';
import * as sizes from '../../src/model/efficientDetSizes.ts';
import { summary } from '../../src/trace/summary.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

// 90 classes. Parameters and anchors: effdet 0.4.1, tf_efficientdet_*. MACs of D0 to D7x: counted in those models.
const numbers = [
  { make: sizes.efficientDetD0, side: 512, parameters: 3_880_067, anchors: 49_104, gigaMacs: 2.49 },
  { make: sizes.efficientDetD1, side: 640, parameters: 6_625_898, anchors: 76_725, gigaMacs: 6.0 },
  { make: sizes.efficientDetD2, side: 768, parameters: 8_097_039, anchors: 110_484, gigaMacs: 10.83 },
  { make: sizes.efficientDetD3, side: 896, parameters: 12_032_296, anchors: 150_381, gigaMacs: 24.57 },
  { make: sizes.efficientDetD4, side: 1024, parameters: 20_723_675, anchors: 196_416, gigaMacs: 54.58 },
  { make: sizes.efficientDetD5, side: 1280, parameters: 33_653_315, anchors: 306_900, gigaMacs: 134.1 },
  { make: sizes.efficientDetD6, side: 1280, parameters: 51_871_782, anchors: 306_900, gigaMacs: 224.1 },
  { make: sizes.efficientDetD7, side: 1536, parameters: 51_871_782, anchors: 441_936, gigaMacs: 322.7 },
  { make: sizes.efficientDetD7x, side: 1536, parameters: 77_147_166, anchors: 442_260, gigaMacs: 407.6 },
  { make: lite.efficientDetLite0, side: 320, parameters: 3_243_470, anchors: 19_206 },
  { make: lite.efficientDetLite1, side: 384, parameters: 4_248_318, anchors: 27_621 },
  { make: lite.efficientDetLite2, side: 448, parameters: 5_252_334, anchors: 37_629 },
  { make: lite.efficientDetLite3, side: 512, parameters: 8_350_862, anchors: 49_104 },
  { make: lite.efficientDetLite3x, side: 640, parameters: 9_280_862, anchors: 76_725 },
  { make: lite.efficientDetLite4, side: 640, parameters: 15_130_894, anchors: 76_725 },
];
const names = [...sizes.efficientDetRows, ...lite.efficientDetLiteRows].map(({ name }) => name);

describe('EfficientDet', () => {
  it.each(numbers.map((row, i) => ({ name: names[i], ...row })))(
    '$name has the parameters, products and anchors of its table, and makes no number of its weights',
    ({ make, side, parameters, anchors, gigaMacs }) => {
      const before = memory().numBytes;
      const model = make({ classes: 90 });
      const { macs, outputs } = summary(model, [1, side, side, 3]);
      expect(model.inputSize).toEqual([side, side]);
      expect(count(model).parameters).toBe(parameters);
      expect(model.anchors).toHaveLength(4 * anchors);
      expect(outputs.map(({ shape }) => shape)).toEqual([
        [1, anchors, 4],
        [1, anchors, 90],
      ]);
      if (gigaMacs !== undefined) expect(Math.abs(macs / 1e9 / gigaMacs - 1)).toBeLessThan(2e-3); // digits of the table
      expect(memory().numBytes).toBe(before);
    },
  );
  it('has a row for each of its sizes', () => {
    expect(names).toHaveLength(numbers.length);
  });
  it("is smaller with one class, and without the idle bias of TensorFlow's weights", () => {
    const parameters = (model: Parameters<typeof count>[0]) => count(model).parameters;
    expect(parameters(sizes.efficientDetD0({ labels: ['person'] }))).toBe(3_828_002);
    expect(parameters(sizes.efficientDetD0({ classes: 90, variant: timm }))).toBe(3_877_763); // effdet, efficientdet_d0
    expect(parameters(sizes.efficientDetD1({ classes: 90, variant: timm }))).toBe(6_622_026);
    const ratios = [[1.56, 0.64]] as const; // of the Penn-Fudan recipe
    expect(parameters(lite.efficientDetLite0({ labels: ['person'], anchors: { ratios } }))).toBe(3_189_455);
    expect(parameters(lite.efficientDetLite0({ labels: ['person'] }))).toBe(3_191_405);
  });
  it('drops no residual on a B0 or a Lite0, as its authors train it', () => {
    const leaves = (model: Parameters<typeof blocks>[0]) => randomInputs(model, { seed: 0, step: 0, batch: 1 }).length;
    expect(leaves(sizes.efficientDetD0({ classes: 1 }))).toBe(0);
    expect(leaves(lite.efficientDetLite0({ classes: 1 }))).toBe(0);
    expect(leaves(sizes.efficientDetD1({ classes: 1 }))).toBeGreaterThan(10);
    expect(leaves(sizes.efficientDetD0({ classes: 1, dropConnect: 0.2 }))).toBeGreaterThan(10);
  });
  it('wants the pixels that its variant was trained on', () => {
    expect(sizes.efficientDetD0({ classes: 1 }).standardization.name).toBe('imagenet');
    expect(lite.efficientDetLite0({ classes: 1 }).standardization.name).toBe('lite'); // (x - 127) / 128
    expect(lite.efficientDetLite0({ classes: 1, variant: timmTf }).standardization.name).toBe('inception');
  });
  it('calls classes by their numbers where it is only told how many there are', () => {
    expect(sizes.efficientDetD0({ classes: 3 }).labels).toEqual(['1', '2', '3']);
    expect(() => sizes.efficientDetD0({ classes: 0 })).toThrow('efficientDet: classes is 0');
  });
  it('stands on any backbone with C3, C4 and C5, at any size', () => {
    const model = efficientDet({
      backbone: efficientNet({ width: 0.25, depth: 0.3 }),
      inputSize: [100, 72],
      to: 'P7',
      channels: 8,
      cells: 2,
      repeats: 1,
      fuse: 'channelFast',
      labels: ['person'],
    });
    // ceil(100 / s) * ceil(72 / s), s = 8 to 128
    expect(model.anchors).toHaveLength(4 * 9 * (13 * 9 + 7 * 5 + 4 * 3 + 2 * 2 + 1));
  });
  it('cannot be of a variant whose maps shrink', () => {
    expect(() => sizes.efficientDetD0({ classes: 1, variant: { name: 'own', padding: 'valid' } })).toThrow(
      "the variant's padding is valid",
    );
  });
});
