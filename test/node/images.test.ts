import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { FormatError } from '../../src/data/formatError.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { imageSize } from '../../src/data/imageSize.ts';
import { joinBytes } from '../../src/data/inflate.ts';
import { decodeImage, encodeJpeg, encodePng, readImage } from '../../src/node/images.ts';
import { cornersOf, orientations, stored } from '../detect/corners.ts';

const random = keyedRandom('images');
const image: RgbImage = {
  width: 7,
  height: 5,
  data: Uint8Array.from({ length: 105 }, () => Math.floor(256 * random())),
};
/** Red above, blue below. */
const halves: RgbImage = {
  width: 16,
  height: 32,
  data: Uint8Array.from(
    { length: 3 * 16 * 32 },
    (_, i) => (i < 3 * 16 * 16 ? [220, 20, 20] : [20, 20, 220])[i % 3] ?? 0,
  ),
};
const pixel = ({ data, width }: RgbImage, y: number, x: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('encodePng and decodeImage', () => {
  it('bring every pixel back', async () => {
    expect(await decodeImage(await encodePng(image))).toEqual(image);
  });

  it('make three channels of grey, of palettes, of 16 bits, and put transparent parts on black', async () => {
    const grey = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey)).data]).toEqual([10, 10, 10, 200, 200, 200]);
    const clear = await sharp(Buffer.from([200, 100, 50, 0, 200, 100, 50, 255]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear)).data]).toEqual([0, 0, 0, 200, 100, 50]);
    const deep = await sharp(halves.data, { raw: { width: 16, height: 32, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect(pixel(await decodeImage(deep), 0, 0)).toEqual([220, 20, 20]);
    const palette = await sharp(halves.data, { raw: { width: 16, height: 32, channels: 3 } })
      .png({ palette: true })
      .toBuffer();
    expect((await decodeImage(palette)).data.length).toBe(3 * 16 * 32);
  });
});

describe('encodeJpeg and decodeImage', () => {
  it('bring colours back nearly as they were', async () => {
    const found = await decodeImage(await encodeJpeg(halves, 95));
    for (const [y, colour] of [
      [2, [220, 20, 20]],
      [30, [20, 20, 220]],
    ] as const)
      pixel(found, y, 8).forEach((value, c) => {
        expect(Math.abs(value - (colour[c] ?? 0))).toBeLessThan(8);
      });
  });

  it.each(orientations)('turn a photograph as EXIF mark %i says', async (orientation, corners) => {
    const file = await sharp(await encodeJpeg(stored(orientation, corners), 95))
      .withMetadata({ orientation })
      .toBuffer();
    const found = await decodeImage(file);
    expect([found.height, found.width]).toEqual([32, 48]);
    expect(cornersOf(found)).toBe('rgbw');
  });
});

describe('readImage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pyramidion-images-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'halves.png');
  beforeAll(async () => writeFileSync(path, await encodePng(halves)));

  it('takes a path, an address of a file, and bytes in any wrapping', async () => {
    const bytes = await encodePng(halves);
    for (const source of [path, pathToFileURL(path), bytes, bytes.slice().buffer, new Blob([bytes.slice()])])
      expect(await readImage(source)).toEqual({ ...halves, original: [32, 16] });
  });

  it.each([1, 6])('decodes a large photograph at a reduced size, upright by EXIF mark %i', async (orientation) => {
    const [width, height] = orientation === 1 ? [3000, 2000] : [2000, 3000]; // 6 million pixels
    const { data } = stored(orientation, orientation === 1 ? 'rgbw' : 'gwrb');
    const small = orientation === 1 ? { width: 48, height: 32 } : { width: 32, height: 48 };
    const file = await sharp(data, { raw: { ...small, channels: 3 } })
      .resize({ width, height, fit: 'fill', kernel: 'nearest' })
      .jpeg()
      .withMetadata({ orientation })
      .toBuffer();
    const found = await readImage(file, { fitTo: [200, 250] });
    // at least twice the input on both axes: by 2 * max(200 / 2000, 250 / 3000) = 0.2
    expect([found.height, found.width, found.original]).toEqual([400, 600, [2000, 3000]]);
    expect(cornersOf(found)).toBe('rgbw');
    const whole = await readImage(file);
    expect([whole.height, whole.width]).toEqual([2000, 3000]);
  });

  it('reads photographs of up to 4 million pixels, and those that the input needs, whole', async () => {
    const file = await sharp({ create: { width: 2000, height: 2000, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    expect((await readImage(file, { fitTo: [32, 32] })).width).toBe(2000);
    const larger = await sharp({ create: { width: 2500, height: 2000, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    expect((await readImage(larger, { fitTo: [1000, 500] })).width).toBe(2500);
  });

  it('takes a forty million pixel photograph in a small part of its 120 MB', async () => {
    const file = await sharp({ create: { width: 8000, height: 5000, channels: 3, background: '#456789' } })
      .jpeg()
      .toBuffer();
    const before = process.memoryUsage().rss;
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }, 1);
    const found = await readImage(file, { fitTo: [512, 640] });
    clearInterval(timer);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(80e6); // 15 to 30 MB
    expect([found.height, found.width, found.original]).toEqual([1024, 1638, [5000, 8000]]); // 0.2048 of it
  });

  it('brings grey of 16 bits and inks to the same three bytes', async () => {
    const grey = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await readImage(grey)).data]).toEqual([10, 10, 10, 200, 200, 200]);
    const inks = await sharp(halves.data, { raw: { width: 16, height: 32, channels: 3 } })
      .toColourspace('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer();
    const found = await readImage(inks);
    expect(found.data.length).toBe(3 * 16 * 32);
    const [red = 0, , blue = 0] = pixel(found, 4, 8);
    expect(red - blue).toBeGreaterThan(120); // inks have other reds
    const clear = await sharp(Buffer.from([200, 0, 200, 255]), { raw: { width: 2, height: 1, channels: 2 } })
      .png()
      .toBuffer();
    expect([...(await readImage(clear)).data]).toEqual([0, 0, 0, 200, 200, 200]);
  });

  it('says what it cannot read', async () => {
    await expect(readImage(join(folder, 'none.jpg'))).rejects.toThrow(/none\.jpg: ENOENT/);
    await expect(readImage(folder)).rejects.toThrow(/EISDIR/);
    await expect(readImage('https://example.org/x.jpg')).rejects.toThrow(
      'https://example.org/x.jpg is no file; fetch it',
    );
    await expect(readImage(path, { maxPixels: 511 })).rejects.toThrow(
      'halves.png: the image is 32x16, 512 pixels, and at most 511 are decoded; if it is to be trusted, give a larger maxPixels',
    );
    await expect(readImage(path, { maxPixels: Number.NaN })).rejects.toThrow('maxPixels is NaN');
    const note = join(folder, 'note.txt');
    writeFileSync(note, 'no image');
    await expect(readImage(note)).rejects.toThrow(/note\.txt: 8 bytes do not decode to an image: /);
  });
});

describe('imageSize', () => {
  it('agrees with the files that are written', async () => {
    expect(imageSize(await encodeJpeg(halves))).toEqual({ type: 'jpeg', width: 16, height: 32 });
    expect(imageSize(await encodePng(image))).toEqual({ type: 'png', width: 7, height: 5 });
    expect(imageSize(new Uint8Array(20))).toBeUndefined();
  });
});

/** A PNG of 60000x60000 black pixels in a few kilobytes. */
function bomb(): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    let crc = 0xffffffff;
    for (const byte of bytes.subarray(4, 8 + data.length)) {
      crc ^= byte;
      for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    view.setUint32(8 + data.length, ~crc);
    return bytes;
  };
  const head = new Uint8Array(13);
  new DataView(head.buffer).setUint32(0, 60_000);
  new DataView(head.buffer).setUint32(4, 60_000);
  head.set([1, 0, 0, 0, 0], 8); // one bit, grey
  const pixels = deflateSync(new Uint8Array(1_000_000));
  return joinBytes([
    Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array()),
  ]);
}

describe('decodeImage', () => {
  it('refuses an image of too many pixels before it takes memory', async () => {
    const before = process.memoryUsage().rss;
    await expect(decodeImage(bomb(), { name: 'bomb.png' })).rejects.toThrow(
      'bomb.png: the image is 60000x60000, 3600000000 pixels, and at most 100000000 are decoded; if it is to be trusted, give a larger maxPixels',
    );
    await expect(readImage(bomb(), { fitTo: [512, 640] })).rejects.toThrow('readImage: the image is 60000x60000');
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    await expect(decodeImage(await encodePng(image), { maxPixels: 34 })).rejects.toBeInstanceOf(FormatError);
  });

  it('refuses what is no image, and a JPEG that was cut', async () => {
    await expect(decodeImage(new Uint8Array(100), { name: 'x' })).rejects.toBeInstanceOf(FormatError);
    await expect(decodeImage(new Uint8Array(), { name: 'x' })).rejects.toBeInstanceOf(FormatError);
    const whole = await encodeJpeg(halves);
    await expect(decodeImage(whole.subarray(0, whole.length - 60), { name: 'cut.jpg' })).rejects.toThrow(/^cut\.jpg: /);
  });

  it('refuses to write an image whose bytes do not fit', async () => {
    await expect(encodePng({ ...image, width: 8 })).rejects.toThrow(
      'encodePng: the image is 5x8 with 105 bytes; it must have 120',
    );
  });
});
