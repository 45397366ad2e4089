import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/data/image.ts';
import { letterbox, placementFor, stretch } from '../../src/data/letterbox.ts';
import { inverse, placeBox } from '../../src/data/placement.ts';

/** An image of one colour. */
function plain(height: number, width: number, rgb = [200, 100, 50]): RgbImage {
  return { height, width, data: Uint8Array.from({ length: height * width * 3 }, (_, i) => rgb[i % 3] ?? 0) };
}

const pixel = ({ data, width }: RgbImage, y: number, x: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('letterbox', () => {
  it('puts the whole image into the corner and fills the rest', () => {
    const { image, placement } = letterbox(plain(60, 100), [64, 64], { fill: [1, 2, 3] });
    expect(placement).toEqual({ scaleY: 38 / 60, scaleX: 0.64, offsetY: 0, offsetX: 0 }); // 60 * .64 = 38.4
    expect(pixel(image, 37, 63)).toEqual([200, 100, 50]);
    expect(pixel(image, 38, 0)).toEqual([1, 2, 3]);
  });

  it('puts it in the middle on request, an odd pixel after it', () => {
    const { image, placement } = letterbox(plain(30, 100), [33, 50], { at: 'centre' });
    expect(placement.offsetY).toBe(9); // (33 - 15) / 2
    expect(pixel(image, 8, 0)).toEqual([127, 127, 127]);
    expect(pixel(image, 9, 0)).toEqual([200, 100, 50]);
    expect(pixel(image, 24, 49)).toEqual([127, 127, 127]);
    expect(letterbox(plain(30, 100), [34, 50], { at: 'centre' }).placement.offsetY).toBe(9); // floor(19 / 2)
  });

  it('rounds a side to the nearest pixel, or down as effdet does', () => {
    expect(placementFor([97, 45], [64, 64], {}).scaleX * 45).toBeCloseTo(30, 9); // 45 * 64 / 97 = 29.69
    expect(placementFor([97, 45], [64, 64], { round: 'down' }).scaleX * 45).toBeCloseTo(29, 9);
  });

  it('fills the deciding side exactly, whatever the division leaves', () => {
    for (let side = 1; side < 400; side++)
      expect(placementFor([side, side], [320, 320], { round: 'down' }).scaleY * side).toBeCloseTo(320, 9);
  });

  it('keeps a pixel of a very long image', () => {
    expect(placementFor([1, 4000], [64, 64], {}).scaleY).toBe(1);
  });

  it('brings detections back to the original by the inverse of its placement', () => {
    const { placement } = letterbox(plain(480, 640), [320, 320], { at: 'centre' });
    const back = placeBox(placeBox([12, 34, 56, 78], placement), inverse(placement));
    [12, 34, 56, 78].forEach((value, i) => {
      expect(back[i]).toBeCloseTo(value, 9);
    });
  });

  it('refuses a size, an image, a word or a colour that cannot be, with the numbers', () => {
    expect(() => letterbox(plain(4, 4), [0, 5])).toThrow(/letterbox: size is \[0, 5\].*whole numbers of at least 1/);
    expect(() => letterbox({ ...plain(4, 4), width: 5 }, [4, 4])).toThrow(/4x5 has 48 bytes; .* 3 \* 4 \* 5 = 60/);
    expect(() => letterbox(plain(4, 4), [4, 4], JSON.parse('{"method":"cubic"}'))).toThrow(
      /method is "cubic"; it may be nearest, bi/,
    );
    expect(() => letterbox(plain(4, 4), [4, 4], { fill: [0, 0, 256] })).toThrow(/fill is \[0,0,256\]/);
  });
});

describe('stretch', () => {
  it('fills the input, each axis by its own scale', () => {
    const { image, placement } = stretch(plain(480, 640), [32, 32]);
    expect(placement).toEqual({ scaleY: 32 / 480, scaleX: 0.05, offsetY: 0, offsetX: 0 });
    expect(new Set(image.data)).toEqual(new Set([200, 100, 50]));
  });
});
