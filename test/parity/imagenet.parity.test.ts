import { existsSync, readFileSync } from 'node:fs';
import { type Tensor2D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { lukemelas, timmTf } from '../../src/backbone/variant.ts';
import { dispose } from '../../src/core/model.ts';
import { resizeToFloat } from '../../src/data/resize.ts';
import { decodeImage } from '../../src/node/images.ts';
import { weightLoader } from '../../src/weights/load.ts';
import { lukemelas as lukemelasNames } from '../../src/weights/names/lukemelas.ts';
import { timm as timmNames } from '../../src/weights/names/timm.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { use } from '../ops/backends.ts';
import { none } from './zoo.ts';

const shared = new URL('../../../shared/data/', import.meta.url);
const file = new URL('weights/efficientnet-lite0.safetensors', shared);
const present = existsSync(file);

interface Golden {
  readonly top5: readonly (readonly [index: number, name: string, probability: number])[];
  readonly logits8: readonly number[];
  readonly logits_sum: number;
  readonly logits_min: number;
  readonly logits_max: number;
  readonly input_mean: number;
  readonly input_first8: readonly number[];
}
const goldens: { readonly [input: string]: Golden } = present
  ? JSON.parse(readFileSync(new URL('weights/goldens.json', shared), 'utf8'))
  : {};

/** Numbers as the network reads them, [1, 224, 224, 3]. */
async function inputOf(name: string): Promise<Float32Array> {
  const [image, how] = name.split(':');
  if (how === 'formula')
    return Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return Math.sin(((pixel % 224) + 2 * Math.floor(pixel / 224)) / 17 + (i % 3));
    });
  const bytes = readFileSync(new URL(`penn-fudan/PNGImages/${image}`, shared));
  const pixels = resizeToFloat(await decodeImage(bytes), [224, 224], { method: 'bilinear' });
  return pixels.map((value) => (value - 127) / 128);
}

describe.skipIf(!present)(
  'ImageNet weights of EfficientNet-Lite0 (skipped where ../shared/data/weights is absent)',
  () => {
    const model = efficientNetLite0({ classes: 1000, variant: lukemelas, standardization: none });
    const load = weightLoader({ names: [lukemelasNames, timmNames] });
    beforeAll(async () => {
      await use('wasm');
      await load(model, readFileSync(file));
    });
    afterAll(() => dispose(model));

    const logitsOf = (
      network: (x: ReturnType<typeof tensor4d>) => Tensor2D,
      input: Float32Array,
    ): readonly number[] => {
      let logits: readonly number[] = [];
      tidy(() => {
        logits = [...network(tensor4d(input, [1, 224, 224, 3])).dataSync()];
      });
      return logits;
    };
    /** Squashed without antialias. The others are cropped by a bicubic filter, which this library does not have, or are JPEG, which decoders read in their own ways. */
    const cases = [
      'formula:formula',
      ...Object.keys(goldens).filter((name) => /^[A-Za-z]+Ped\d+\.png:plain$/.test(name)),
    ];

    it.each(present ? cases : [])('parity: logits of %s', async (name) => {
      const golden = goldens[name];
      const input = await inputOf(name);
      expect([0, 1, 2, 3, 4, 5, 6, 7].map((x) => input[3 * x])).toEqual(
        golden?.input_first8.map((value) => expect.closeTo(value, 5)),
      );
      expect(input.reduce((a, b) => a + b, 0) / input.length).toBeCloseTo(golden?.input_mean ?? Number.NaN, 5);
      const logits = logitsOf(model, input);
      // Printed with five places. A resize in float32 is off by 1e-6 of a pixel's range, which the network makes 1e-5.
      expect(logits.slice(0, 8)).toEqual(golden?.logits8.map((value) => expect.closeTo(value, 4)));
      expect(Math.min(...logits)).toBeCloseTo(golden?.logits_min ?? Number.NaN, 4);
      expect(Math.max(...logits)).toBeCloseTo(golden?.logits_max ?? Number.NaN, 4);
      expect(logits.reduce((a, b) => a + b, 0)).toBeCloseTo(golden?.logits_sum ?? Number.NaN, 2); // of 1000
      const powers = logits.map((logit) => Math.exp(logit));
      const total = powers.reduce((a, b) => a + b, 0);
      const order = [...powers.keys()].sort((a, b) => (powers[b] ?? 0) - (powers[a] ?? 0)).slice(0, 5);
      expect(order).toEqual(golden?.top5.map(([index]) => index));
      for (const [i, index] of order.entries())
        expect((powers[index] ?? 0) / total).toBeCloseTo(golden?.top5[i]?.[2] ?? Number.NaN, 4); // printed with four places
    });

    it("parity: saved under timm's names they are timm's model", async () => {
      const bytes = await saveWeights(model, { names: timmNames });
      const timm = efficientNetLite0({ classes: 1000, variant: timmTf, standardization: none });
      const report = await load(timm, bytes, { variant: 'timmTf' });
      expect([report.names, report.loaded.length]).toEqual(['timm', 247]); // as many tensors as the file has
      const input = await inputOf('formula:formula');
      expect(logitsOf(timm, input)).toEqual(logitsOf(model, input));
      dispose(timm);
    });
  },
);
