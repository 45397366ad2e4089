import { existsSync, readFileSync } from 'node:fs';
import '@tensorflow/tfjs-layers';
import { tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { lukemelas } from '../../src/backbone/variant.ts';
import { classify } from '../../src/model/classify.ts';
import { readImage } from '../../src/node/images.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { weightLoader } from '../../src/weights/load.ts';
import { lukemelas as names } from '../../src/weights/names/lukemelas.ts';

const shared = new URL('../../../shared/data/', import.meta.url);
const files = ['weights/efficientnet-lite0.safetensors', 'weights/goldens.json', 'penn-fudan/PNGImages', 'photos'];
const there = files.every((file) => existsSync(new URL(file, shared)));

interface Golden {
  readonly top5: readonly (readonly [index: number, name: string, probability: number])[];
  readonly logits8: readonly number[];
  readonly logits_sum: number;
}
const goldens: { readonly [image: string]: Golden } = there
  ? JSON.parse(readFileSync(new URL('weights/goldens.json', shared), 'utf8'))
  : {};
const of = (end: string) =>
  Object.entries(goldens)
    .filter(([key]) => key.endsWith(end) && !key.includes('/'))
    .map(([key, golden]) => ({ image: key.slice(0, key.lastIndexOf(':')), ...golden }));
const path = (image: string) =>
  new URL(image.endsWith('.png') ? `penn-fudan/PNGImages/${image}` : `photos/${image}`, shared).pathname;

beforeAll(() => useBackend('wasm'));

describe.skipIf(!there)('the ImageNet weights of EfficientNet-Lite0 (needs ../shared/data)', () => {
  const model = efficientNetLite0({ classes: 1000, variant: lukemelas });
  beforeAll(async () => {
    await weightLoader({ names: [names] })(
      model,
      readFileSync(new URL('weights/efficientnet-lite0.safetensors', shared)),
    );
  });
  /** Logits of what the network reads after standardization. */
  const logitsOf = (standard: (y: number, x: number, c: number) => number) => {
    const pixels = Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return 127 + 128 * standard(Math.floor(pixel / 224), pixel % 224, i % 3);
    });
    return [...model(tensor4d(pixels, [1, 224, 224, 3])).dataSync()];
  };

  it('give the logits of the formula', () => {
    const golden = goldens['formula:formula'];
    const logits = logitsOf((y, x, c) => Math.sin((x + 2 * y) / 17 + c));
    // pixels of 127 +- 128 in float32 lose two decimals of the formula's own numbers
    expect(logits.slice(0, 8)).toEqual(golden?.logits8.map((x) => expect.closeTo(x, 3)));
    expect(logits.reduce((a, b) => a + b, 0)).toBeCloseTo(golden?.logits_sum ?? Number.NaN, 1);
  });
  it.each(of(':plain').filter(({ image }) => image.endsWith('.png')))(
    'say of $image, squashed, what timm says',
    async ({ image, top5 }) => {
      const found = await classify(model, path(image), { read: readImage, fit: 'squash', method: 'bilinear' });
      expect(found.map(({ index }) => index)).toEqual(top5.map(([index]) => index));
      // 5e-4: printed with four places
      for (const [i, [, , probability]] of top5.entries())
        expect(Math.abs((found[i]?.probability ?? 0) - probability)).toBeLessThan(5e-4);
    },
  );
  it.each(of(':plain').filter(({ image }) => image.endsWith('.jpg')))(
    'see in $image, squashed, what timm sees first; decoders of JPEG differ',
    async ({ image, top5 }) => {
      const found = await classify(model, path(image), { read: readImage, fit: 'squash', method: 'bilinear', top: 3 });
      expect(found[0]?.index).toBe(top5[0]?.[0]);
    },
  );
  it.each(of(':timmlike'))(
    'find in the middle of $image the class that timm finds among its five likeliest, though it reduces by bicubic',
    async ({ image, top5 }) => {
      const found = await classify(model, path(image), { read: readImage });
      expect(found.map(({ index }) => index)).toContain(top5[0]?.[0]);
    },
  );
});
