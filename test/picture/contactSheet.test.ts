import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/data/image.ts';
import { errorTiles } from '../../src/picture/contactSheet.ts';
import { cropped, windowAround } from '../../src/picture/contactSheetCrop.ts';
import { contactSheetSvg } from '../../src/picture/contactSheetSvg.ts';
import type { ErrorPlace, SheetImage } from '../../src/picture/contactSheetTile.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
/** Red is the column, green the row. */
const ramp = (height: number, width: number): RgbImage => ({
  height,
  width,
  data: Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % width, Math.floor(pixel / width), 0][i % 3] ?? 0;
  }),
});
const pixel = ({ data, width }: RgbImage, y: number, x: number) => [
  ...data.slice(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('the window about a box', () => {
  const around = { context: 2, aspect: 0.75 };
  const image = { height: 200, width: 200 };
  it('is as many times higher, about the same centre', () => {
    expect(windowAround([80, 90, 120, 110], image, around)).toEqual({ y: 60, x: 70, height: 80, width: 60 });
  });
  it('is moved into the image', () => {
    expect(windowAround([0, 190, 40, 200], image, around)).toEqual({ y: 0, x: 140, height: 80, width: 60 });
  });
  it('holds a box that lies', () => {
    // 60 wide: 2 * 60 / .75
    expect(windowAround([95, 70, 105, 130], image, around)).toEqual({ y: 20, x: 40, height: 160, width: 120 });
  });
  it('reaches out of an image that is smaller', () => {
    const { y, height } = windowAround([10, 50, 190, 120], image, around);
    expect([y <= 0, y + height >= 200, height]).toEqual([true, true, 360]);
  });
});

describe('a crop', () => {
  it('has the pixels of its window, and grey beside the image', () => {
    const crop = cropped(ramp(8, 8), { y: 6, x: 5, height: 4, width: 3 }, 100);
    expect([crop.height, crop.width, crop.data.length]).toEqual([4, 3, 36]);
    expect([pixel(crop, 0, 0), pixel(crop, 1, 2), pixel(crop, 2, 0)]).toEqual([
      [5, 6, 0],
      [7, 7, 0],
      [96, 96, 96],
    ]);
  });
  it('is the mean of pixels where it is made smaller', () => {
    const crop = cropped(ramp(8, 8), { y: 0, x: 0, height: 8, width: 8 }, 4);
    expect([crop.height, crop.width, pixel(crop, 0, 0), pixel(crop, 3, 1)]).toEqual([4, 4, [1, 1, 0], [3, 7, 0]]); // .5 and 2.5, 6.5 rounded
  });
});

describe('pictures of errors', () => {
  const person = { label: 'person' };
  const jpeg = Uint8Array.of(0xff, 0xd8);
  let decoded = 0;
  const sheet: SheetImage = {
    id: hostile,
    truths: [
      { ...person, box: [20, 20, 60, 36] },
      { ...person, box: [22, 40, 60, 56] },
    ],
    detections: [
      { ...person, box: [22, 40, 60, 56], score: 0.4 },
      { ...person, box: [100, 100, 150, 120], score: 0.9 },
    ],
    matches: {
      counted: [0, 1],
      detections: [
        { index: 1, hit: false },
        { index: 0, hit: true, object: 1 },
      ],
    },
    image: async () => {
      decoded++;
      return ramp(200, 200);
    },
  };
  const places: ErrorPlace[] = [
    { kind: 'missed', why: 'missed', image: 0, index: 0 },
    { kind: 'false', why: 'background', image: 0, index: 1 },
  ];
  const kinds = (svg = '') => [...svg.matchAll(/data-kind="(\w+)"/g)].map(([, kind]) => kind).sort();

  it('show the boxes that are there, from the score on', async () => {
    const encode = () => jpeg;
    const [all, wrong] = await errorTiles(places, () => sheet, { encode });
    expect([kinds(all?.svg), kinds(wrong?.svg)]).toEqual([['hit', 'missed', 'truth'], ['false']]);
    const [sure] = await errorTiles(places, () => sheet, { encode, score: 0.5 });
    expect(kinds(sure?.svg)).toEqual(['missed', 'missed']); // what found the other scores .4
  });
  it('tell kind, height and score, and decode each image once', async () => {
    decoded = 0;
    const sizes: number[] = [];
    const tiles = await errorTiles(places, () => sheet, {
      encode: async ({ height, width, data }) => {
        sizes.push(height, width, data.length);
        return jpeg;
      },
    });
    expect(decoded).toBe(1);
    expect(sizes).toEqual([80, 60, 14400, 100, 75, 22500]); // twice the boxes of 40 and 50, 3 wide to 4 high
    expect(tiles.map(({ kind, height, score, size }) => [kind, height, score, size])).toEqual([
      ['missed', 40, undefined, [80, 60]],
      ['false', 50, 0.9, [100, 75]],
    ]);
  });
  it('stand in rows on a sheet, well-formed whatever an image is called', async () => {
    const tiles = await errorTiles(places, () => sheet, { encode: () => jpeg });
    const svg = contactSheetSvg([...tiles, ...tiles], { title: hostile, columns: 3, tileWidth: 90 });
    expect([xmlFaults(svg), svg.includes('<script')]).toEqual([[], false]);
    expect([...svg.matchAll(/<svg x="(\d+)" y="(\d+)"/g)].map((found) => found.slice(1).map(Number))).toEqual([
      [12, 40],
      [114, 40],
      [216, 40],
      [12, 226], // 120 for the picture, 54 for the words, 12 between
    ]);
    expect(svg).toContain('missed: nothing near');
  });
  it('say what they are not made of', async () => {
    const make = (place: Partial<ErrorPlace>, options = {}) =>
      errorTiles([{ kind: 'missed', why: '', image: 0, index: 0, ...place }], () => sheet, {
        encode: () => jpeg,
        ...options,
      });
    await expect(make({ index: 9 })).rejects.toThrow(/missed 9 is not in image 0, which has 2 objects/);
    await expect(make({}, { context: 0 })).rejects.toThrow(/context is 0/);
    await expect(make({}, { encode: () => Uint8Array.of(1) })).rejects.toThrow(/JPEG or PNG/);
    const torn = { ...sheet, image: async () => ({ width: 9, height: 9, data: new Uint8Array(3) }) };
    await expect(errorTiles(places, () => torn, { encode: () => jpeg })).rejects.toThrow(/9x9 has 3 bytes/);
    expect(() => contactSheetSvg([])).toThrow(/tiles is empty/);
  });
});
