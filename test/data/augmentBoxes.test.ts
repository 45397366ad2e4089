import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type AugmentOptions, augment } from '../../src/data/augment.ts';
import { shuffled, wholeBetween } from '../../src/data/augmentRandom.ts';
import type { Augmentation } from '../../src/data/augmentSteps.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { intersect, placeBox } from '../../src/data/placement.ts';

const black = [0, 0, 0] as const;
const [height, width] = [90, 120];
/** Every one that moves pixels, on black, so that only the rectangle is bright; what leaves the view stays known. */
const geometry: readonly Augmentation[] = [
  { name: 'flip', probability: 1 },
  { name: 'resizedCrop', probability: 1, fill: black },
  { name: 'ssdCrop', lost: 'ignore' },
  { name: 'zoomOut', probability: 1, ratio: [1, 3], fill: black },
  { name: 'scaleJitter', fill: black },
];
const colours: readonly Augmentation[] = [
  { name: 'colour', brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1 },
  { name: 'photometric' },
  { name: 'exposure' },
];

/** A white rectangle on black. */
function rectangle([y1, x1, y2, x2]: readonly number[] | Box): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = y1 ?? 0; y < (y2 ?? 0); y++) data.fill(255, 3 * (y * width + (x1 ?? 0)), 3 * (y * width + (x2 ?? 0)));
  return { height, width, data };
}

function drawBox(random: () => number): Box {
  const [h, w] = [wholeBetween(random, 24, 60), wholeBetween(random, 24, 60)];
  const [y, x] = [wholeBetween(random, 0, height - h), wholeBetween(random, 0, width - w)];
  return [y, x, y + h, x + w];
}

/** Edges of the bright pixels, by the lines and columns that hold some; undefined when there are none. */
function find(pixels: Float32Array, [rows, columns]: readonly [number, number]): Box | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of pixels) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (high < 60) return undefined; // black stays under that through all colours, white over it
  if (high - low < 30) low = 0; // the rectangle fills the view
  let box: [number, number, number, number] = [rows, columns, 0, 0];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      if ((pixels[3 * (y * columns + x) + 1] ?? 0) > (low + high) / 2)
        box = [Math.min(box[0], y), Math.min(box[1], x), Math.max(box[2], y + 1), Math.max(box[3], x + 1)];
  return box[2] > 0 ? box : undefined;
}

/** The largest difference between edges. */
const apart = (a: Box, b: Box | undefined) => Math.max(...a.map((edge, i) => Math.abs(edge - (b?.[i] ?? Number.NaN))));
const everything = { leastSeen: 0, leastSide: 0 };
const methods = ['antialias', 'bilinear', 'area', 'nearest'] as const;

function follow(steps: readonly Augmentation[], key: string) {
  const random = keyedRandom('follow', key);
  const box = drawBox(random);
  const size = [wholeBetween(random, 60, 110), wholeBetween(random, 60, 140)] as const;
  const options: AugmentOptions = {
    ...everything,
    size,
    steps,
    random,
    fill: black,
    fit: random() < 0.5 ? 'letterbox' : 'stretch',
    at: random() < 0.5 ? 'corner' : 'centre',
    method: methods[Math.floor(4 * random())] ?? 'area',
  };
  const { pixels, objects } = augment(rectangle(box), [{ box, label: 'person' }], options);
  return {
    found: find(pixels, size),
    objects,
    what: JSON.stringify({ key, box, ...options, found: find(pixels, size), objects }),
  };
}

function expectTogether({ found, objects, what }: ReturnType<typeof follow>): void {
  const [object] = objects;
  const thin = object ? Math.min(object.box[2] - object.box[0], object.box[3] - object.box[1]) : 0;
  if (object === undefined) expect(found, what).toBeUndefined();
  else if (found === undefined)
    expect(thin, what).toBeLessThan(2); // a sliver can miss every centre
  else expect(apart(object.box, found), what).toBeLessThanOrEqual(1);
}

describe('boxes follow the pixels', () => {
  it.each(geometry.map((step) => [step.name, step] as const))(
    'through %s, in every fit and by every method',
    (_, step) => {
      for (let i = 0; i < 40; i++) expectTogether(follow([step], `${step.name} ${i}`));
    },
  );

  it('through random compositions of all of them, twice over, with colour between', () => {
    for (let i = 0; i < 200; i++) {
      const random = keyedRandom('composition', i);
      const moves = shuffled([...geometry, ...geometry], random).slice(0, wholeBetween(random, 1, 5));
      expectTogether(follow(shuffled([...moves, ...colours.slice(0, wholeBetween(random, 0, 1))], random), `all ${i}`));
    }
  });

  it('and the placement says where every point of the original went', () => {
    for (let i = 0; i < 100; i++) {
      const random = keyedRandom('placement', i);
      const box = drawBox(random);
      const steps = shuffled(geometry, random);
      const { objects, placement } = augment(rectangle(box), [{ box, label: 'person' }], {
        ...everything,
        size: [64, 96],
        steps,
        random,
      });
      const whole = placeBox(box, placement);
      for (const object of objects) {
        const shared = intersect(object.box, whole) ?? [0, 0, 0, 0];
        expect(apart(object.box, shared)).toBeLessThan(1e-6); // the box is a part of the whole one
      }
    }
  });
});

describe('flip', () => {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 89) % 251);
  const image: RgbImage = { height, width, data };
  const objects: Annotation[] = [{ box: [10, 20, 40, 50], visible: [10, 20, 30, 44], label: 'person' }];
  const twice = { name: 'flip', probability: 1 } as const;
  const run = (steps: readonly Augmentation[]) =>
    augment(image, objects, { size: [70, 100], steps, random: keyedRandom(1) });

  it('twice is nothing, to the last bit', () => {
    expect(run([twice, twice])).toEqual(run([]));
  });

  it('once mirrors pixels, boxes and visible boxes', () => {
    const [plain, flipped] = [run([]), run([twice])];
    const [scaleY, scaleX] = [70 / 90, 93 / 120]; // letterboxed to 70x93
    for (let y = 0; y < 70; y++)
      for (let x = 0; x < 3 * 93; x++) {
        const other = 3 * (92 - Math.floor(x / 3)) + (x % 3);
        expect(Math.abs((plain.pixels[y * 300 + x] ?? 0) - (flipped.pixels[y * 300 + other] ?? 0))).toBeLessThan(1e-3); // float32
      }
    const [object] = flipped.objects;
    expect(apart([10 * scaleY, 70 * scaleX, 40 * scaleY, 100 * scaleX], object?.box)).toBeLessThan(1e-9); // 120 - 50, 120 - 20
    expect(apart([10 * scaleY, 76 * scaleX, 30 * scaleY, 100 * scaleX], object?.visible)).toBeLessThan(1e-9);
  });
});
