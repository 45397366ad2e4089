import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { FormatError } from '../../src/data/formatError.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { imageSize } from '../../src/data/imageSize.ts';
import { joinBytes } from '../../src/data/inflate.ts';
import { decodeImage, encodeJpeg, encodePng } from '../../src/node/images.ts';

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

  it('turn a photograph as its EXIF mark says', async () => {
    const turned = await sharp(await encodeJpeg(halves, 95))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const found = await decodeImage(turned); // a quarter to the right: what was above is right
    expect([found.height, found.width]).toEqual([16, 32]);
    expect(pixel(found, 8, 30)[0]).toBeGreaterThan(200);
    expect(pixel(found, 8, 1)[2]).toBeGreaterThan(200);
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
      /bomb\.png: \d+ bytes do not decode to an image of at most 100000000 pixels/,
    );
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
