import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setBackend } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { encodeJpeg } from '../../src/node/images.ts';
import { cornersOf, orientations, stored } from './corners.ts';
import { places, stub } from './stub.ts';

const folder = mkdtempSync(join(tmpdir(), 'pyramidion-detect-'));
beforeAll(() => setBackend('cpu'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A stub that keeps what it saw. */
function witness() {
  const corners: string[] = [];
  const model = stub((pixels) => {
    // the photograph of 32x48 fills 40x60
    corners.push(cornersOf({ height: 40, width: 60, data: Uint8Array.from(pixels) }));
    return places.map((_, i) => [i === 0 ? 1 : 0, 0.9]);
  });
  return { model, corners };
}
// the input is 1.25 times the photograph: 40 / 32
const box = [4 / 1.25, 6 / 1.25, 20 / 1.25, 12 / 1.25].map((x) => expect.closeTo(x, 4));

it.each(orientations)('finds the same in a photograph with EXIF mark %i, upright', async (orientation, corners) => {
  const { model, corners: seen } = witness();
  const file = await sharp(await encodeJpeg(stored(orientation, corners), 95))
    .withMetadata({ orientation })
    .toBuffer();
  expect(await detect(model, file)).toEqual([{ box, score: expect.closeTo(0.9, 4), label: 'person' }]);
  expect(seen).toEqual(['rgbw']);
});

it('takes a path, an address and any bytes in Node, with nothing else imported', async () => {
  const bytes = await encodeJpeg(stored(1, 'rgbw'), 95);
  const path = join(folder, 'street.jpg');
  writeFileSync(path, bytes);
  const { model, corners } = witness();
  const all = [path, pathToFileURL(path), bytes, bytes.slice().buffer, new Blob([bytes.slice()])];
  const found = await detect(model, all);
  expect(found.map(([first]) => first?.box)).toEqual(all.map(() => box));
  expect(corners).toEqual(all.map(() => 'rgbw'));
});

it('brings boxes back to the pixels of a photograph that was decoded at a reduced size', async () => {
  const { data } = stored(1, 'rgbw');
  const file = await sharp(data, { raw: { width: 48, height: 32, channels: 3 } })
    .resize({ width: 3001, height: 2000, fit: 'fill', kernel: 'nearest' })
    .jpeg()
    .toBuffer();
  const { model, corners } = witness();
  const [found] = await detect(model, file);
  // 2000x3001 -> 40x60.02, drawn as 40x60
  expect(found?.box).toEqual([200, 6 * (3001 / 60), 1000, 12 * (3001 / 60)].map((x) => expect.closeTo(x, 2)));
  expect(corners).toEqual(['rgbw']);
});

it('names the file that is not there, is no image, or is too large, and its place in the list', async () => {
  const { model } = witness();
  await expect(detect(model, 'none.jpg')).rejects.toThrow(/^detect \(none\.jpg\): ENOENT/);
  const whole = await encodeJpeg(stored(1, 'rgbw'));
  await expect(detect(model, [whole, new Uint8Array(9)])).rejects.toThrow(
    /^detect: image 1: 9 bytes do not decode to an image: /,
  );
  await expect(detect(model, whole, { maxPixels: 1000 })).rejects.toThrow(
    'detect: the image is 32x48, 1536 pixels, and at most 1000 are decoded; if it is to be trusted, give a larger maxPixels',
  );
});
