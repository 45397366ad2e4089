import '@tensorflow/tfjs-layers';
import { grads, mul, sum, type Tensor, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ssdVgg16 } from '../../src/backbone/ssdVgg16.ts';
import { dilatedLayer, l2Scale } from '../../src/backbone/ssdVgg16Parts.ts';
import { timm, torchvision } from '../../src/backbone/variant.ts';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { count } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { useBackend } from '../../src/tfjs/backend.ts';

beforeAll(() => useBackend('wasm'));

const sides = (maps: { readonly [stage: string]: readonly number[] }) =>
  Object.values(maps).map(([, height]) => height);

describe("SSD's VGG-16", () => {
  it('has the maps of the paper, the third pool rounded up', () => {
    expect(complete(ssdVgg16({ layers: 300 }), [1, 300, 300, 3])).toEqual({
      C3: [1, 38, 38, 512],
      C4: [1, 19, 19, 1024],
      C5: [1, 10, 10, 512],
      C6: [1, 5, 5, 256],
      C7: [1, 3, 3, 256],
      C8: [1, 1, 1, 256],
    });
    expect(sides(complete(ssdVgg16({ layers: 512 }), [1, 512, 512, 3]))).toEqual([64, 32, 16, 8, 4, 2, 1]);
  });
  it('says what its maps are like', () => {
    const { features } = ssdVgg16({ layers: 512 });
    expect(Object.values(features).map(({ stride }) => stride)).toEqual([8, 16, 32, 64, 128, 256, 256]);
    expect(Object.values(features).map(({ channels }) => channels)).toEqual([512, 1024, 512, 256, 256, 256, 256]);
    const small = ssdVgg16({ layers: 300 });
    const maps = complete(small, [1, 300, 300, 3]);
    expect(Object.values(maps).map(([, , , channels]) => channels)).toEqual(
      Object.values(small.features).map(({ channels }) => channels),
    );
  });
  it("rounds every pool up as Caffe does, or the third alone with torchvision's weights", () => {
    const side = 490; // 245, 122.5, 61.25 or 61, 30.5
    expect(sides(complete(ssdVgg16({ layers: 300 }).until(['C4']), [1, side, side, 3]))).toEqual([62, 31]);
    const theirs = ssdVgg16({ layers: 300, variant: torchvision });
    expect(sides(complete(theirs.until(['C4']), [1, side, side, 3]))).toEqual([61, 30]);
    expect(sides(complete(theirs, [1, 300, 300, 3]))).toEqual([38, 19, 10, 5, 3, 1]);
  });
  it('is built only as deep as it is read', () => {
    const shallow = ssdVgg16({ layers: 300 }).until(['C3']);
    expect(Object.keys(complete(shallow, [1, 64, 64, 3]))).toEqual(['C3']);
    // VGG's convolutions to conv4_3, 7,635,264 weights and biases, and the 512 of the scale.
    expect(count(shallow).parameters).toBe(7_635_264 + 512);
    const deeper = ssdVgg16({ layers: 300 }).until(['C5', 'C4']);
    expect(Object.keys(complete(deeper, [1, 64, 64, 3]))).toEqual(['C3', 'C4', 'C5']);
  });
  it('wants the pixels of its weights', () => {
    expect(ssdVgg16({ layers: 300 }).standardization).toMatchObject({ mean: [123, 117, 104], deviation: [1, 1, 1] });
    const { standardization, variant } = ssdVgg16({ layers: 300, variant: torchvision });
    // 0.48235, 0.45882, 0.40784 of 0-1, and a deviation of 1/255
    expect(standardization?.mean).toEqual([122.99925, 116.9991, 103.9992].map((x) => expect.closeTo(x, 9)));
    expect(standardization?.deviation).toEqual([1, 1, 1]);
    expect(variant?.name).toBe('torchvision');
  });
  it('refuses weights that are not there', () => {
    expect(() => ssdVgg16({ layers: 300, variant: timm })).toThrow(
      'variant is timm; it must be torchvision, or left out',
    );
    expect(() => ssdVgg16({ layers: 512, variant: torchvision })).toThrow('torchvision has SSD300 only');
  });
});

describe('the scale of conv4_3', () => {
  it('makes the length of each pixel 20 at first', () => {
    tidy(() => {
      const y = l2Scale()(tensor4d([3, 4, 0, 0, 0.3, -0.4], [1, 1, 3, 2])).dataSync();
      expect([...y]).toEqual([12, 16, 0, 0, 12, -16].map((x) => expect.closeTo(x, 5)));
    });
  });
  it('has the slope of finite differences, and none that is not finite where a pixel is 0', () => {
    const scale = l2Scale();
    const values = [3, 4, 0, 0, 0.3, -0.4];
    const plain = (x: readonly number[]) =>
      [0, 2, 4].reduce((total, i) => {
        const [a = 0, b = 0] = x.slice(i, i + 2);
        return total + (a === 0 && b === 0 ? 0 : (20 * (a + 2 * b)) / Math.hypot(a, b));
      }, 0);
    tidy(() => {
      const weigh = tensor4d([1, 2, 1, 2, 1, 2], [1, 1, 3, 2]);
      const of = (x: Tensor) => sum(mul(scale(x as Tensor4D), weigh));
      const [slope] = grads(of)([tensor4d(values, [1, 1, 3, 2])]);
      const got = slope?.dataSync() ?? [];
      expect([...got].every(Number.isFinite)).toBe(true);
      for (const i of [0, 1, 4, 5]) {
        const at = (by: number) => plain(values.map((x, k) => (k === i ? x + by : x)));
        expect(got[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4);
      }
    });
  });
});

describe('fc6', () => {
  it('sees pixels six apart, and learns', () => {
    tidy(() => {
      const layer = dilatedLayer({ filters: 1, dilation: 6 });
      const x = tensor4d(
        Float32Array.from({ length: 13 * 13 }, (_, i) => i),
        [1, 13, 13, 1],
      );
      layer(x);
      const { kernel, bias } = Object.fromEntries(weights(layer));
      if (kernel === undefined || bias === undefined) throw new Error('fc6 has a kernel and a bias');
      kernel.write(Float32Array.from({ length: 9 }, () => 1));
      bias.write(Float32Array.of(0.5));
      const y = layer(x).dataSync();
      expect(y[6 * 13 + 6]).toBe(9 * (6 * 13 + 6) + 0.5); // nine pixels around the middle one
      expect(y[0]).toBe(0 + 6 + 6 * 13 + (6 * 13 + 6) + 0.5); // the others are padding
      const of = (w: Tensor) => bind(new Map([[kernel, w]]), () => sum(layer(x)));
      const [slope] = grads(of)([kernel.read()]);
      const middle = (13 * 13 * (13 * 13 - 1)) / 2; // every pixel is once under the middle tap
      expect(slope?.dataSync()[4]).toBeCloseTo(middle, 0);
    });
  });
});
