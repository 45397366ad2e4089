import { mul, tensor4d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { RgbImage } from '../../src/data/image.ts';
import { drawMaps } from '../../src/picture/drawMaps.ts';
import { useBackend } from '../../src/tfjs/backend.ts';

beforeAll(() => useBackend('wasm'));

/** Mean sizes 0, 1, 2, 3 in the first image; 5, 5, 5, 7 in the second. */
const map = () => tensor4d([0, 0, -1, 1, 4, 0, -3, -3, 5, 5, 5, -5, 10, 0, 7, 7], [2, 2, 2, 2]);
const [black, red, yellow, white] = [
  [0, 0, 0],
  [255, 0, 0],
  [255, 255, 0],
  [255, 255, 255],
];

describe('drawMaps', () => {
  it('shows the mean size of a cell over all channels, black where it is least, white where it is greatest', async () => {
    const { P3 } = await drawMaps({ P3: map() });
    expect(P3).toEqual({ height: 2, width: 2, data: Uint8Array.from([black, red, yellow, white].flat()) });
  });
  it('shows another image of the batch, each map in its own scale', async () => {
    const { C4, C5 } = await drawMaps({ C4: map(), C5: mul<ReturnType<typeof map>>(map(), 100) }, { index: 1 });
    expect([...C4.data]).toEqual([black, black, black, white].flat());
    expect(C5).toEqual(C4);
  });
  it('keeps cells whole at another size', async () => {
    const { P3 } = await drawMaps({ P3: map() }, { size: [2, 4] });
    expect([...P3.data]).toEqual([black, black, red, red, yellow, yellow, white, white].flat());
  });
  it('lies over the image, which is grey and of its own size', async () => {
    const over = { height: 4, width: 2, data: new Uint8Array(24).fill(200) };
    const { P3 } = await drawMaps({ P3: map() }, { over });
    expect([P3.height, P3.width]).toEqual([4, 2]);
    expect([...P3.data.subarray(0, 6)]).toEqual([90, 90, 90, 230, 90, 90]); // .45 of 200, and .55 of 255 above
  });
  it('is black where all cells are the same', async () => {
    const { P3 } = await drawMaps({ P3: tensor4d([3, 3], [1, 1, 2, 1]) });
    expect([...P3.data]).toEqual([...black, ...black]);
  });
  it('is not dark for one cell that outshines the others', async () => {
    const cells = Array.from({ length: 40 }, (_, i) => i);
    const { P3 } = await drawMaps({ P3: tensor4d([...cells.slice(0, 39), 1e6], [1, 4, 10, 1]) });
    const green = cells.map((i) => P3.data[3 * i + 1] ?? 0);
    expect([green[0], green[38], green[39]]).toEqual([0, 255, 255]);
    expect(new Set(green).size).toBeGreaterThan(10);
  });
  it('leaves the maps to the caller', async () => {
    const given = map();
    await drawMaps({ P3: given });
    expect(given.isDisposed).toBe(false);
  });
  it('has a picture for each name that it is given, and no other', async () => {
    const pictures = await drawMaps({ P3: map(), P4: map() });
    expectTypeOf(pictures).toEqualTypeOf<{ readonly P3: RgbImage; readonly P4: RgbImage }>();
    // @ts-expect-error: P9 was not given
    expect(pictures.P9).toBeUndefined();
  });
  it.each([
    ['an image that the batch has not', { P3: map }, { index: 2 }, /index is 2; P3 is of 2 images, .* 0 to 1/],
    ['a size of parts of pixels', { P3: map }, { size: [2.5, 4] }, /size is \[2.5, 4\]/],
    [
      'an image whose bytes are not RGB',
      { P3: map },
      { over: { height: 2, width: 2, data: new Uint8Array(4) } },
      /over/,
    ],
    [
      'what is not finite',
      { P3: () => tensor4d([0, 1, Number.NaN, 2], [1, 2, 2, 1]) },
      {},
      /P3 is NaN at row 1, column 0/,
    ],
  ] as const)('says what is wrong with %s', async (_, { P3 }, options, words) => {
    await expect(drawMaps({ P3: P3() }, options)).rejects.toThrow(words);
  });
});
