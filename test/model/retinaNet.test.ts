import '@tensorflow/tfjs-layers';
import {
  fill,
  grads,
  memory,
  mul,
  scalar,
  sub,
  type Tensor,
  type Tensor4D,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet, efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { focalLoss } from '../../src/detection/focalLoss.ts';
import { matchBatch } from '../../src/detection/match.ts';
import { perImage } from '../../src/detection/perImage.ts';
import { postprocess } from '../../src/detection/postprocess.ts';
import { retinaNetMatch } from '../../src/detection/torchvisionRules.ts';
import { retinaNet } from '../../src/model/retinaNet.ts';
import { useBackend } from '../../src/tfjs/backend.ts';

beforeAll(() => useBackend('wasm'));

const tiny = (inputSize: readonly [number, number] = [67, 90]) =>
  retinaNet({
    backbone: efficientNet({ width: 0.25, depth: 0.3 }),
    labels: ['person'],
    inputSize,
    channels: 8,
    repeats: 1,
  });

describe('RetinaNet', () => {
  it('has nine anchors a cell from P3 to P7, at any size', () => {
    const model = tiny();
    expect(model.maps.map(({ level, height, width }) => [level, height, width])).toEqual([
      ['P3', 9, 12], // ceil(67 / 8), ceil(90 / 8)
      ['P4', 5, 6],
      ['P5', 3, 3],
      ['P6', 2, 2],
      ['P7', 1, 1],
    ]);
    const counts = [108, 30, 9, 4, 1].map((cells) => 9 * cells);
    expect(model.rule.levels).toEqual(counts);
    expect(model.anchors).toHaveLength(4 * counts.reduce((a, b) => a + b));
  });
  it('is a backbone, a pyramid and shared towers, made without a number', () => {
    const before = memory().numBytes;
    const model = retinaNet({ backbone: efficientNetB0(), classes: 80, inputSize: [512, 512] });
    expect(memory().numBytes).toBe(before);
    const backbone = 3_595_388; // EfficientNet-B0 without its head
    const pyramid = (40 + 112 + 320) * 256 + 5 * 9 * 256 * 256 + 8 * 256;
    const tower = 4 * (9 * 256 * 256 + 256);
    const head = 2 * tower + 9 * 256 * 9 * (80 + 4) + 9 * (80 + 4);
    expect(count(model).parameters).toBe(backbone + pyramid + head);
    expect(model.anchors.length / 4).toBe(9 * (64 * 64 + 32 * 32 + 16 * 16 + 8 * 8 + 4 * 4));
  });
  it('makes its coarse levels of C5 or of P5', () => {
    const options = { backbone: efficientNetB0(), labels: ['person'], inputSize: [64, 64], channels: 16 } as const;
    const channelsOf = (coarsestOf: 'stage' | 'level') =>
      weights(retinaNet({ ...options, coarsestOf })).get('neck/extra/P6/kernel')?.shape?.[2];
    expect([channelsOf('stage'), channelsOf('level')]).toEqual([320, 16]);
  });
  it('learns by the focal loss, and is read by its own rule', async () => {
    const model = tiny();
    const { anchors, labels, inputSize, coder, rule } = model;
    const n = anchors.length / 4;
    const person = { box: [10, 20, 44, 44] as const, label: 'person' };
    const matched = matchBatch([[person]], { anchors, labels, coder, ...retinaNetMatch });
    expect(matched.positives).toBeGreaterThan(0);
    const image = fill([1, ...inputSize, 3], 90) as Tensor4D;
    const loss = () =>
      focalLoss(
        {
          ...model(image),
          classes: tensor2d(matched.classes, [1, n], 'int32'),
          targets: tensor3d(matched.boxes, [1, n, 4]),
          positives: scalar(matched.positives),
        },
        { background: 'none' },
      ).total;
    const trained = [...weights(model).values()].filter(
      ({ trainable, place }) => trainable && place.startsWith('head/'),
    );
    const first = tidy(() => loss().dataSync()[0] ?? 0);
    for (let step = 0; step < 60; step++) {
      const moved = tidy(() => {
        const values = trained.map((weight) => weight.read());
        const of = (...given: Tensor[]) =>
          bind(new Map(trained.map((weight, i) => [weight, given[i] ?? weight.read()])), loss);
        const slopes = grads(of)(values);
        return values.map((value, i) => sub(value, mul(slopes[i] ?? value, 0.5)));
      });
      trained.forEach((weight, i) => {
        const value = moved[i];
        if (value) weight.write(value);
        value?.dispose();
      });
    }
    expect(tidy(() => loss().dataSync()[0] ?? 0)).toBeLessThan(first / 2);
    const { boxes, logits } = model(image);
    const [codes = new Float32Array(), scores = new Float32Array()] = [boxes, logits].map(
      (tensor) => perImage(tensor.dataSync<'float32'>(), 1)[0] ?? new Float32Array(),
    );
    const found = postprocess({ boxes: codes, logits: scores }, { ...rule, anchors, inputSize, coder, scoreAbove: 0 });
    expect(found.scores.length).toBeGreaterThan(0);
    expect(found.classes.every((kind) => kind === 1)).toBe(true);
  });
  it('stands over any backbone whose C3 to C5 have its strides', () => {
    for (const make of [
      () => retinaNet({ backbone: efficientNetB0({ strides: 'ladder' }), labels: ['person'], inputSize: [64, 64] }),
      () => retinaNet({ backbone: ssdVgg({ width: 0.125 }), labels: ['person'], inputSize: [64, 64] }),
    ])
      expect(make().maps.map(({ height }) => height)).toEqual([8, 4, 2, 1, 1]);
  });
  it('says what cannot be', () => {
    const late = { ...efficientNetB0().features, C3: { channels: 40, stride: 4 } };
    const odd = Object.assign(efficientNetB0(), { features: late });
    expect(() => retinaNet({ backbone: odd, labels: ['person'], inputSize: [64, 64] })).toThrow(
      'retinaNet: C3 of the backbone has stride 4; it must be 8',
    );
    expect(() => retinaNet({ backbone: efficientNetB0(), classes: -1, inputSize: [64, 64] })).toThrow(
      'retinaNet: classes is -1',
    );
    expect(() =>
      retinaNet({ backbone: efficientNetB0(), labels: ['person'], inputSize: [64, 64], anchors: [] }),
    ).toThrow('5 levels (P3, P4, P5, P6, P7) but anchors for 0');
  });
});
