import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/data/image.ts';
import type { Resampling } from '../../src/data/resample.ts';
import { resize, resizeToFloat, toBytes } from '../../src/data/resize.ts';

/** Red, green and blue count up by 1, 2 and 3 a pixel to the right. */
const slope: RgbImage = { height: 1, width: 4, data: Uint8Array.from([0, 0, 0, 1, 2, 3, 2, 4, 6, 3, 6, 9]) };
const red = (pixels: ArrayLike<number>) => Array.from(pixels).filter((_, i) => i % 3 === 0);
const methods: readonly Resampling[] = ['nearest', 'bilinear', 'antialias', 'area'];

describe('resize', () => {
  it.each(methods)('leaves an image of the same size as it is: %s', (method) => {
    const data = Uint8Array.from({ length: 5 * 7 * 3 }, (_, i) => (i * 37) % 256);
    expect(resize({ height: 5, width: 7, data }, [5, 7], { method }).data).toEqual(data);
  });

  it('halves: bilinear and area give the mean of two, nearest the later of them', () => {
    expect(red(resizeToFloat(slope, [1, 2], { method: 'bilinear' }))).toEqual([0.5, 2.5]);
    expect(red(resizeToFloat(slope, [1, 2], { method: 'area' }))).toEqual([0.5, 2.5]);
    expect(red(resizeToFloat(slope, [1, 2], { method: 'nearest' }))).toEqual([1, 3]); // centres 1 and 3, on edges
  });

  it('keeps the channels apart', () => {
    expect([...resizeToFloat(slope, [1, 2], { method: 'bilinear' })]).toEqual([0.5, 1, 1.5, 2.5, 5, 7.5]);
  });

  it('averages what a pixel covers, fractions included: area', () => {
    // 4 to 3: each covers 4/3. (0 + 1/3) / (4/3), (2/3 * 1 + 2/3 * 2) / (4/3), (2/3 + 3) / (4/3)
    const want = [0.25, 1.5, 2.75];
    red(resizeToFloat(slope, [1, 3], { method: 'area' })).forEach((value, i) => {
      expect(value).toBeCloseTo(want[i] ?? 0, 5);
    });
  });

  it('loses a line of one pixel at a quarter of the size: bilinear; keeps a trace of it: antialias and area', () => {
    const data = new Uint8Array(16 * 16 * 3);
    for (let y = 0; y < 16; y++) data.fill(255, (y * 16 + 4) * 3, (y * 16 + 5) * 3);
    const brightest = (method: Resampling) =>
      Math.max(...resizeToFloat({ height: 16, width: 16, data }, [4, 4], { method }));
    expect(brightest('bilinear')).toBe(0); // reads columns 1, 2, 5, 6, ...
    expect(brightest('area')).toBeCloseTo(255 / 4, 3);
    expect(brightest('antialias')).toBeGreaterThan(30);
  });

  it('keeps the mean of an image that shrinks by a whole number: area', () => {
    const data = Uint8Array.from({ length: 24 * 24 * 3 }, (_, i) => (i * 91) % 256);
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
    expect(mean(resizeToFloat({ height: 24, width: 24, data }, [4, 6], { method: 'area' }))).toBeCloseTo(mean(data), 3);
  });

  it('rounds halves up and clips to bytes', () => {
    expect([...toBytes(Float32Array.from([-3, 0.49, 0.5, 254.5, 255.4, 999]))]).toEqual([0, 0, 1, 255, 255, 255]);
  });

  it('refuses a size of fractions and an image whose bytes are not its own', () => {
    expect(() => resize(slope, [2.5, 4])).toThrow(RangeError);
    expect(() => resize(slope, [2.5, 4])).toThrow(/resize: size is \[2.5, 4\]/);
    expect(() => resize({ ...slope, height: 2 }, [2, 2])).toThrow(/an image of 2x4 has 12 bytes; .* = 24/);
    expect(() => resize({ ...slope, height: 0 }, [2, 2])).toThrow(/the image's size is \[0, 4\]/);
  });
});
