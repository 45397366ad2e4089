import { describe, expect, it, vi } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type AugmentOptions, augment, type Marked } from '../../src/data/augment.ts';
import { canvasOf, move, onGround } from '../../src/data/augmentCanvas.ts';
import { wholeBetween } from '../../src/data/augmentRandom.ts';
import { drawingOf, render } from '../../src/data/augmentRender.ts';
import type { Augmentation } from '../../src/data/augmentSteps.ts';
import type { Mixup, Mosaic } from '../../src/data/augmentStepsMix.ts';
import { imageCache } from '../../src/data/batchCache.ts';
import { type Batch, type BatchOptions, batches } from '../../src/data/batches.ts';
import { intersect } from '../../src/data/placement.ts';
import type { Sample } from '../../src/data/sample.ts';

const black = [0, 0, 0] as const;
const size = [96, 128] as const;
const [rows, columns] = size;
const everything = { leastSeen: 0, leastSide: 0 };

/** A bright rectangle on black, in an image of its own size, where the draw puts it. */
function marked(random: () => number, brightness = 255): Marked {
  const [height, width] = [wholeBetween(random, 50, 120), wholeBetween(random, 50, 160)];
  const [h, w] = [wholeBetween(random, 24, 46), wholeBetween(random, 24, 46)];
  const [y, x] = [wholeBetween(random, 0, height - h), wholeBetween(random, 0, width - w)];
  const data = new Uint8Array(height * width * 3);
  for (let row = y; row < y + h; row++) data.fill(brightness, 3 * (row * width + x), 3 * (row * width + x + w));
  return { image: { height, width, data }, objects: [{ box: [y, x, y + h, x + w], label: 'person' }] };
}

const plain = (height: number, width: number, value: number, objects: readonly Annotation[] = []): Marked => ({
  image: { height, width, data: new Uint8Array(3 * height * width).fill(value) },
  objects,
});

const run = ({ image, objects }: Marked, options: Omit<AugmentOptions, 'size'>) =>
  augment(image, objects, { size, fill: black, ...options });

/** Pixels that are bright but in no box, or dark but in one; those within a pixel of an edge are left out. */
function astray(pixels: Float32Array, boxes: readonly Box[], least: number): number {
  let count = 0;
  const near = (box: Box, y: number, x: number, by: number) =>
    intersect([box[0] - by, box[1] - by, box[2] + by, box[3] + by], [y + 0.49, x + 0.49, y + 0.51, x + 0.51]);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const bright = (pixels[3 * (y * columns + x) + 1] ?? 0) > least;
      if (bright ? !boxes.some((box) => near(box, y, x, 1)) : boxes.some((box) => near(box, y, x, -1))) count++;
    }
  return count;
}

const steps: Readonly<Record<string, readonly Augmentation[]>> = {
  mosaic: [{ name: 'mosaic', fill: black }],
  mixup: [{ name: 'mixup', probability: 1, share: [0.5, 0.5], fill: black }],
  'a mosaic of jittered images, flipped and cropped': [
    { name: 'scaleJitter', fill: black },
    { name: 'flip' },
    { name: 'mosaic', fill: black },
    { name: 'flip' },
    { name: 'resizedCrop', fill: black },
  ],
  'mixed mosaics, jittered and flipped': [
    { name: 'mosaic', fill: black },
    { name: 'mixup', probability: 1, share: [0.5, 0.5], fill: black },
    { name: 'scaleJitter', fill: black },
    { name: 'flip' },
  ],
};

describe('boxes follow the pixels', () => {
  it.each(Object.entries(steps))('of all images through %s', (name, those) => {
    for (let i = 0; i < 30; i++) {
      const random = keyedRandom('mix', name, i);
      const [own, ...others] = Array.from({ length: 6 }, () => marked(random));
      if (own === undefined) continue;
      const { pixels, objects } = run(own, { ...everything, steps: those, random, others });
      const boxes = objects.map(({ box }) => box);
      const least = name.startsWith('mix') ? 60 : 127; // half of a half: each image shows by a half
      expect(astray(pixels, boxes, least), `${name} ${i}`).toBe(0);
    }
  });
});

describe('mosaic', () => {
  const of = (step: Partial<Mosaic>, key: number, more: Partial<AugmentOptions> = {}) =>
    run(plain(96, 128, 10), {
      steps: [{ name: 'mosaic', scale: [2, 2], ...step }],
      random: keyedRandom('mosaic', key),
      others: [plain(96, 128, 20), plain(48, 64, 30), plain(100, 200, 40)],
      ...more,
    });
  const at = (pixels: Float32Array, y: number, x: number) => pixels[3 * (y * columns + x)];
  const corners = (pixels: Float32Array) =>
    [
      [0, 0],
      [0, columns - 1],
      [rows - 1, 0],
      [rows - 1, columns - 1],
    ].map(([y = 0, x = 0]) => at(pixels, y, x));

  it('shows the image in one of its four cells, each in its turn, and others in the rest', () => {
    const places = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const values = corners(of({}, i).pixels);
      expect(values.filter((value) => value === 10)).toHaveLength(1);
      for (const value of values) expect([10, 20, 30, 40]).toContain(value);
      places.add(values.indexOf(10));
    }
    expect(places.size).toBe(4);
  });

  it('has its cells meet within the range that is given', () => {
    for (let i = 0; i < 40; i++) {
      const { pixels } = of({ centre: [0.25, 0.75] }, i);
      const own = corners(pixels).indexOf(10);
      const [y, x] = [own < 2 ? 0 : rows - 1, own % 2 === 0 ? 0 : columns - 1];
      let [wide, high] = [0, 0];
      for (let k = 0; k < columns; k++) wide += at(pixels, y, k) === 10 ? 1 : 0;
      for (let k = 0; k < rows; k++) high += at(pixels, k, x) === 10 ? 1 : 0;
      expect(Math.min(wide, columns - wide)).toBeGreaterThanOrEqual(32); // .25 of 128
      expect(Math.min(high, rows - high)).toBeGreaterThanOrEqual(24); // .25 of 96
    }
  });

  it('fills what its images leave of their cells', () => {
    const { pixels } = of({ scale: [0.1, 0.1], fill: [1, 2, 3] }, 0);
    expect([...pixels.subarray(0, 3)]).toEqual([1, 2, 3]);
    const own = [...pixels].filter((value, i) => i % 3 === 0 && Math.round(value) === 10);
    expect(own).toHaveLength(10 * 13); // a tenth of 96x128, rounded
  });

  it('cuts objects at its cells by the rule of every cut; regions to ignore stay ignored', () => {
    const objects: Annotation[] = [
      { box: [0, 0, 96, 128], label: 'person' },
      { box: [0, 0, 96, 128], label: 'people', ignore: 'people' },
    ];
    const all = Array.from({ length: 20 }, (_, i) =>
      run(plain(96, 128, 10, objects), {
        steps: [{ name: 'mosaic', scale: [1, 1], centre: [0.5, 0.5] }],
        random: keyedRandom('cut', i),
        others: [plain(96, 128, 20)],
      }),
    );
    // a quarter of each is in its cell: less than .3
    for (const { objects: found } of all)
      expect(found.map(({ ignore, box: [y1, x1, y2, x2] }) => [ignore, y2 - y1, x2 - x1])).toEqual([
        ['cut', 48, 64],
        ['people', 48, 64],
      ]);
  });

  it('sends the others through the steps before it, each with numbers of its own', () => {
    const bright: Augmentation = { name: 'exposure', gain: [1, 1], shift: [50, 100] };
    const { pixels } = of({}, 1, { steps: [bright, { name: 'mosaic', scale: [2, 2] }] });
    const after = of({}, 1, { steps: [{ name: 'mosaic', scale: [2, 2] }, bright] }).pixels;
    const shifts = corners(pixels).map((value = 0) => value - 10 * Math.floor((value - 50) / 10));
    for (const value of corners(pixels)) expect(value).toBeGreaterThanOrEqual(60);
    expect(new Set(shifts).size).toBe(4);
    const one = corners(after).map((value = 0) => value % 10);
    expect(Math.max(...one) - Math.min(...one)).toBeLessThan(1e-4); // after it, one number for all
  });
});

describe('mixup', () => {
  const step: Mixup = { name: 'mixup', probability: 1, share: [0.25, 0.25] };

  it('is the share of the other image and the rest of this one, both fitted into the input', () => {
    const { pixels } = run(plain(96, 96, 200), {
      steps: [{ ...step, fill: [100, 100, 100] }],
      random: keyedRandom(1),
      others: [plain(48, 128, 40)],
    });
    const at = (y: number, x: number) => pixels[3 * (y * columns + x)];
    expect(at(10, 10)).toBe(160); // .75 * 200 + .25 * 40
    expect(at(10, 120)).toBe(85); // .75 * 100 + .25 * 40
    expect(at(90, 10)).toBe(175); // .75 * 200 + .25 * 100
    expect(at(90, 120)).toBe(100);
  });

  it('has the objects of both, each as its image says, and ignored regions stay ignored', () => {
    const person: Annotation = { box: [10, 10, 50, 30], label: 'person' };
    const group: Annotation = { box: [20, 60, 60, 90], label: 'people', ignore: 'people' };
    const { objects, placement } = run(plain(96, 128, 1, [person]), {
      steps: [step],
      random: keyedRandom(1),
      others: [plain(192, 256, 2, [group])],
    });
    expect(objects).toEqual([person, { ...group, box: [10, 30, 30, 45] }]);
    expect(placement).toEqual({ scaleY: 1, scaleX: 1, offsetY: 0, offsetX: 0 }); // the image's own
  });
});

describe('steps that show other images', () => {
  it('are refused without others', () => {
    expect(() => run(plain(9, 9, 1), { steps: [{ name: 'flip' }, { name: 'mosaic' }], random: Math.random })).toThrow(
      'augment: mosaic needs other images; give some as others',
    );
  });

  it('rest from the share of the run on that they are given', () => {
    const options = { random: keyedRandom(1), others: [plain(96, 128, 20)] };
    const own = (progress: number) =>
      run(plain(96, 128, 10), {
        ...options,
        random: keyedRandom(1),
        steps: [
          { name: 'mosaic', until: 0.9 },
          { name: 'mixup', until: 0.9, probability: 1 },
        ],
        progress,
      }).pixels.every((value) => value === 10);
    expect([0, 0.89, 0.9, 1].map(own)).toEqual([false, false, true, true]);
  });

  it.each([
    ['{"name":"mosaic","centre":[0.2,1.2]}', /mosaic: centre is \[0.2,1.2\]; it must be two numbers from 0 to 1/],
    ['{"name":"mosaic","scale":[0,1]}', /scale is \[0,1\]; it must be two numbers above 0/],
    ['{"name":"mixup","share":[0.6,0.4]}', /share is \[0.6,0.4\]; .* the lower first/],
    ['{"name":"mixup","until":2}', /until is 2; it must be a number from 0 to 1/],
  ])('are refused for what they cannot be: %s', (text, message) => {
    const call = () =>
      run(plain(9, 9, 1), { steps: [JSON.parse(text)], random: Math.random, others: [plain(9, 9, 1)] });
    expect(call).toThrow(message);
  });
});

describe('an image that is out of view', () => {
  it('is not asked for', () => {
    const beside = move(canvasOf([9, 9], []), { scaleY: 1, scaleX: 1, offsetY: 0, offsetX: 20 }, [9, 9]);
    const pictures = vi.fn();
    const pixels = new Float32Array(9 * 9 * 3);
    render(pictures, drawingOf(onGround(beside, [7, 7, 7]), {}), pixels);
    expect(pictures).not.toHaveBeenCalled();
    expect(pixels.every((value) => value === 7)).toBe(true);
  });
});

describe('batches of mixed images', () => {
  const samples = (bad: readonly number[] = [], onDecode: (i: number) => void = () => {}): Sample[] =>
    Array.from({ length: 12 }, (_, i) => ({
      id: `I${i}`,
      width: 30,
      height: 20,
      objects: [{ box: [4, 6, 14, 16], label: `of ${i}` }],
      image: async () => {
        onDecode(i);
        if (bad.includes(i)) throw new Error('the JPEG ends early');
        return { width: 30, height: 20, data: new Uint8Array(20 * 30 * 3).fill(10 * i) };
      },
    }));
  const augmentation: readonly Augmentation[] = [
    { name: 'scaleJitter' },
    { name: 'mosaic', probability: 0.7 },
    { name: 'mixup' },
    { name: 'flip' },
  ];
  const base: BatchOptions = { size: [20, 30], batch: 4, seed: 1, epoch: 0, augment: augmentation, leastSide: 0 };
  async function all(of: readonly Sample[], options: Partial<BatchOptions> = {}): Promise<Omit<Batch, 'samples'>[]> {
    const made: Omit<Batch, 'samples'>[] = [];
    for await (const { samples: _, ...rest } of batches(of, { ...base, ...options })) made.push(rest);
    return made;
  }

  it('draw the others by seed, epoch and sample alone: whatever the look-ahead, the cache and where they begin', async () => {
    const whole = await all(samples());
    expect(await all(samples(), { ahead: 0 })).toEqual(whole);
    expect(await all(samples(), { cache: imageCache({ bytes: 1e6 }) })).toEqual(whole);
    expect(await all(samples(), { from: 2 })).toEqual(whole.slice(2));
    expect(await all(samples(), { epoch: 1 })).not.toEqual(whole);
    const labels = new Set(whole.flatMap(({ objects }) => objects.flatMap((those) => those.map(({ label }) => label))));
    expect(labels.size).toBe(12);
  });

  it('decode each image of a cache once', async () => {
    const decode = vi.fn();
    const cache = imageCache({ bytes: 1e6 });
    const of = samples([], decode);
    for (const epoch of [0, 1, 2]) await all(of, { cache, epoch });
    expect(decode.mock.calls.map(([i]) => i).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('put the same other image in the place of one that cannot be read, in every run', async () => {
    const onBad = vi.fn();
    const first = await all(samples([3, 7]), { onBad });
    expect(new Set(onBad.mock.calls.map(([id]) => id))).toEqual(new Set(['I3', 'I7']));
    const labels = first.flatMap(({ objects }) => objects.flatMap((those) => those.map(({ label }) => label)));
    expect(labels).not.toContain('of 3');
    expect(labels).not.toContain('of 7');
    expect(await all(samples([3, 7]), { onBad: () => {}, ahead: 0 })).toEqual(first);
  });

  it('fail for one that cannot be read where nobody allows others', async () => {
    await expect(all(samples([3]))).rejects.toThrow(
      /batches: I3 \(image \d of batch \d, epoch 0\): the JPEG ends early/,
    );
  });

  it('are whole images after the share of the run that a step is given', async () => {
    const mosaic = [{ name: 'mosaic', until: 0.75 }] as const;
    const count = async (progress: number) =>
      new Set(
        (await all(samples(), { augment: mosaic, progress })).flatMap(({ objects }) => objects.map((o) => o.length)),
      );
    expect(await count(0.75)).toEqual(new Set([1]));
    expect((await count(0.5)).size).toBeGreaterThan(1);
    expect(() => batches(samples(), { ...base, progress: 2 })).toThrow(/progress is 2; it must be a share of the run/);
  });
});
