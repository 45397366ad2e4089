import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { type Augmented, type AugmentOptions, augment } from '../../src/data/augment.ts';
import {
  type Augmentation,
  baselineAugmentation,
  jitterAugmentation,
  ssdAugmentation,
} from '../../src/data/augmentSteps.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { areaOf, inverse, placeBox } from '../../src/data/placement.ts';

const [height, width] = [60, 80];
const size = [48, 64] as const;
const image: RgbImage = { height, width, data: Uint8Array.from({ length: 60 * 80 * 3 }, (_, i) => (i * 89) % 251) };
const box: Box = [20, 30, 44, 40];
const person: Annotation = { box, label: 'person' };

const run = (steps: readonly Augmentation[], key: string | number, more: Partial<AugmentOptions> = {}) =>
  augment(image, [person], { size, steps, random: keyedRandom('augment', key), ...more });
const many = (steps: readonly Augmentation[], more: Partial<AugmentOptions> = {}) =>
  Array.from({ length: 300 }, (_, i) => run(steps, i, more));
/** The part of the original that the input shows, pixels. */
const viewOf = ({ placement }: Augmented): Box => placeBox([0, 0, ...size], inverse(placement));
const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
const colourAt = ({ pixels }: Augmented, y: number, x: number) => [
  ...pixels.subarray(3 * (y * 64 + x), 3 * (y * 64 + x) + 3),
];

describe('augment', () => {
  it('without steps is the fit alone', () => {
    const { objects, placement } = run([], 0);
    expect(placement).toEqual({ scaleY: 0.8, scaleX: 0.8, offsetY: 0, offsetX: 0 }); // 48 / 60
    expect(objects).toMatchObject([{ box: [16, 24, 35.2, 32], label: 'person' }]);
  });

  it.each([
    ['baseline', baselineAugmentation],
    ['ssd', ssdAugmentation],
    ['jitter', jitterAugmentation],
  ] as const)('gives the same bits for the same numbers, other bits for others: %s', (_, steps) => {
    expect(run(steps, 1)).toEqual(run(steps, 1));
    expect(run(steps, 1).pixels).not.toEqual(run(steps, 2).pixels);
  });

  it('takes steps as data, through JSON', () => {
    expect(run(JSON.parse(JSON.stringify(ssdAugmentation)), 3)).toEqual(run(ssdAugmentation, 3));
  });

  it("draws a step's numbers from one number, so that other steps' options do not move them", () => {
    const never = run([{ name: 'resizedCrop', probability: 0 }, { name: 'scaleJitter' }], 5);
    const fewer = run([{ name: 'resizedCrop', probability: 0, tries: 1 }, { name: 'scaleJitter' }], 5);
    const flipped = run([{ name: 'flip', probability: 1 }, { name: 'scaleJitter' }], 5);
    expect(fewer.placement).toEqual(never.placement);
    expect(flipped.placement.scaleY).toBe(never.placement.scaleY);
    expect(flipped.placement.scaleX).toBe(-never.placement.scaleX);
  });

  it('does not touch its input', () => {
    const before = image.data.slice();
    run(ssdAugmentation, 4);
    expect(image.data).toEqual(before);
  });

  it('refuses steps that do not exist or cannot be, by place and name', () => {
    const steps = (text: string) => () => run(JSON.parse(text), 0);
    expect(steps('[{"name":"flip"},{"name":"mixUp"}]')).toThrow(TypeError);
    expect(steps('[{"name":"flip"},{"name":"mixUp"}]')).toThrow(/augment: step 1 is "mixUp"; it may be flip, colour,/);
    expect(steps('[{"name":"toString"}]')).toThrow(TypeError);
    expect(steps('[{"name":"flip","probabilty":1}]')).toThrow(
      /step 0, flip, has no field "probabilty"; it has probability/,
    );
    expect(steps('[{"name":"flip","probability":1.5}]')).toThrow(RangeError);
    expect(steps('[{"name":"flip","probability":1.5}]')).toThrow(
      /flip: probability is 1.5; it must be a number from 0 to 1/,
    );
    expect(steps('[{"name":"colour","hue":0.6}]')).toThrow(/hue is 0.6; it must be a number from 0 to .5/);
    expect(steps('[{"name":"zoomOut","ratio":[0.5,2]}]')).toThrow(
      /ratio is \[0.5,2\]; it must be two numbers of at least 1/,
    );
    expect(steps('[{"name":"ssdCrop","scale":[0.5,2]}]')).toThrow(
      /scale is \[0.5,2\]; it must be two numbers above 0 and at most 1/,
    );
    expect(steps('[{"name":"ssdCrop","overlaps":[]}]')).toThrow(/overlaps is \[\]/);
    expect(steps('[{"name":"ssdCrop","lost":"drop"}]')).toThrow(/lost is "drop"; it must be 'ignore' or 'background'/);
    expect(steps('[{"name":"scaleJitter","scale":[2,1]}]')).toThrow(/scale is \[2,1\]; .* the lower first/);
    expect(steps('[{"name":"resizedCrop","tries":0}]')).toThrow(/tries is 0/);
    expect(steps('[{"name":"zoomOut","fill":[0,0]}]')).toThrow(/fill is \[0,0\]; it must be three numbers/);
    expect(() => run([], 0, { leastSeen: 2 })).toThrow(/leastSeen is 2; it must be a share from 0 to 1/);
    expect(() => run([], 0, { size: [0, 1] })).toThrow(/augment: size is \[0, 1\]/);
  });
});

describe('flip', () => {
  it('mirrors half of the images', () => {
    const mirrored = many([{ name: 'flip' }]).map(({ placement }) => placement.scaleX < 0);
    expect(Math.abs(share(mirrored) - 0.5)).toBeLessThan(0.1); // 3.5 deviations of 300 coins
  });
});

describe('zoomOut', () => {
  it('makes half of the images smaller by 1 to 4, the same on both axes, on the mean', () => {
    const all = many([{ name: 'zoomOut' }]);
    const factors = all.map(({ placement }) => 0.8 / placement.scaleX);
    const zoomed = factors.filter((factor) => factor !== 1);
    expect(Math.abs(zoomed.length / 300 - 0.5)).toBeLessThan(0.1);
    expect(Math.min(...zoomed)).toBeGreaterThanOrEqual(1);
    expect(Math.min(...zoomed)).toBeLessThan(1.2);
    expect(Math.max(...zoomed)).toBeGreaterThan(3.7);
    expect(Math.max(...zoomed)).toBeLessThanOrEqual(4.1); // sides of the ground are whole pixels
    for (const { placement } of all) expect(Math.abs(placement.scaleY / placement.scaleX - 1)).toBeLessThan(0.03); // sides are rounded
    const far = run([{ name: 'zoomOut', probability: 1, ratio: [4, 4] }], 0);
    const corners = [colourAt(far, 0, 0), colourAt(far, 47, 63)];
    expect(corners).toContainEqual([123, 117, 104]); // the image is a quarter of each side: it cannot cover both
  });
});

describe('resizedCrop', () => {
  const crops = many([{ name: 'resizedCrop', probability: 1 }], { fit: 'stretch' });

  it('holds a whole object every time', () => {
    for (const crop of crops)
      expect(areaOf(crop.objects[0]?.box ?? [0, 0, 0, 0])).toBeCloseTo(
        areaOf(box) * crop.placement.scaleY * crop.placement.scaleX,
        6,
      );
  });

  it('is a quarter to four times the image, within a fifth of its proportions, and black beyond it', () => {
    const views = crops.map(viewOf);
    const areas = views.map((view) => areaOf(view) / (height * width));
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0.25 - 1e-9);
    expect(Math.min(...areas)).toBeLessThan(0.4);
    expect(Math.max(...areas)).toBeGreaterThan(3);
    expect(Math.max(...areas)).toBeLessThanOrEqual(4 + 1e-9);
    const proportions = views.map(([y1, x1, y2, x2]) => (y2 - y1) / height / ((x2 - x1) / width));
    expect(Math.min(...proportions)).toBeGreaterThanOrEqual(0.8 - 1e-9);
    expect(Math.max(...proportions)).toBeLessThanOrEqual(1.2 + 1e-9);
    const larger = crops.filter((crop) => viewOf(crop)[0] < -2 && viewOf(crop)[1] < -2);
    expect(larger.length).toBeGreaterThan(20);
    for (const crop of larger) expect(colourAt(crop, 0, 0)).toEqual([0, 0, 0]);
  });

  it('leaves an image alone that shows nothing that counts', () => {
    const group = { ...person, ignore: 'people' };
    const steps = [{ name: 'resizedCrop', probability: 1 }] as const;
    const { placement } = augment(image, [group], { size, steps, random: keyedRandom(1) });
    expect(placement.scaleX).toBe(0.8);
  });
});

describe('ssdCrop', () => {
  it('overlaps an object by as much as it drew, and is at least .3 of each side, proportions .5 to 2', () => {
    const wide: Annotation = { box: [5, 10, 55, 70], label: 'person' };
    for (const least of [0.1, 0.5, 0.9])
      for (let i = 0; i < 60; i++) {
        const steps = [{ name: 'ssdCrop', overlaps: [least] }] as const;
        const crop = augment(image, [wide], { size, steps, random: keyedRandom(least, i), fit: 'stretch' });
        const [y1, x1, y2, x2] = viewOf(crop);
        const shared = areaOf([Math.max(y1, 5), Math.max(x1, 10), Math.min(y2, 55), Math.min(x2, 70)]);
        const whole = crop.placement.scaleX === 0.8; // no such crop in all its tries
        if (!whole)
          expect(shared / (areaOf(wide.box) + (y2 - y1) * (x2 - x1) - shared)).toBeGreaterThanOrEqual(least - 1e-9);
        expect(y2 - y1).toBeGreaterThan(0.3 * height - 1);
        expect((x2 - x1) / (y2 - y1)).toBeGreaterThan(0.5 - 1e-9);
        expect((x2 - x1) / (y2 - y1)).toBeLessThan(2 + 1e-9);
      }
  });

  it('loses objects whose centre is outside: background, or ignored on request', () => {
    const objects: Annotation[] = [person, { box: [20, 41, 44, 71], label: 'other' }];
    const outcome = (lost: 'background' | 'ignore') =>
      Array.from({ length: 300 }, (_, i) =>
        augment(image, objects, {
          size,
          steps: [{ name: 'ssdCrop', lost, scale: [0.3, 0.6] }],
          random: keyedRandom('lost', i),
          leastSeen: 0,
          leastSide: 0,
        }),
      );
    const background = outcome('background');
    const ignored = outcome('ignore');
    let cut = 0;
    ignored.forEach((result, i) => {
      expect(result.placement).toEqual(background[i]?.placement);
      expect(result.objects.filter(({ ignore }) => ignore === undefined)).toEqual(background[i]?.objects);
      cut += result.objects.filter(({ ignore }) => ignore === 'cut').length;
    });
    expect(cut).toBeGreaterThan(20);
  });

  it('leaves the image whole for an overlap of 1, and where nothing counts', () => {
    expect(run([{ name: 'ssdCrop', overlaps: [1] }], 0)).toEqual(run([], 0));
    const steps = [{ name: 'ssdCrop', overlaps: [0.1] }] as const;
    expect(augment(image, [], { size, steps, random: keyedRandom(1) }).placement.scaleX).toBe(0.8);
  });
});

describe('scaleJitter', () => {
  const jittered = many([{ name: 'scaleJitter' }]);
  const factors = jittered.map(({ placement }) => placement.scaleY / 0.8);

  it('draws .6 to 1.6 of the letterboxed size, even in the logarithm', () => {
    expect(Math.min(...factors)).toBeGreaterThan(0.6 - 0.02); // sides are whole pixels of 48
    expect(Math.max(...factors)).toBeLessThan(1.6 + 0.02);
    const median = [...factors].sort((a, b) => a - b)[150] ?? 0;
    expect(Math.abs(Math.log(median / Math.sqrt(0.6 * 1.6)))).toBeLessThan(0.1); // .57 is the range's deviation * 2; 300 draws
  });

  it('lies inside the input where it is smaller and covers it where it is larger, at whole pixels', () => {
    for (const { placement } of jittered) {
      const [y1, x1, y2, x2] = placeBox([0, 0, height, width], placement);
      for (const [from, to, input] of [
        [y1, y2, 48],
        [x1, x2, 64],
      ] as const) {
        expect(Number.isInteger(from)).toBe(true);
        expect(to - from > input ? from <= 0 && to >= input - 1e-9 : from >= 0 && to <= input + 1e-9).toBe(true);
      }
    }
    expect(share(jittered.map(({ placement }) => placement.offsetX > 0))).toBeGreaterThan(0.2);
    expect(share(jittered.map(({ placement }) => placement.offsetX < 0))).toBeGreaterThan(0.2);
  });
});

describe('colour', () => {
  const grey = (value: number): RgbImage => ({ height: 4, width: 4, data: new Uint8Array(48).fill(value) });
  const means = (steps: readonly Augmentation[], of = grey(100)) =>
    Array.from({ length: 300 }, (_, i) => {
      const { pixels } = augment(of, [], { size: [4, 4], steps, random: keyedRandom('colour', i) });
      return pixels.reduce((a, b) => a + b, 0) / pixels.length;
    });

  it('brightness of .3 makes 70 to 130 of 100', () => {
    const all = means([{ name: 'colour', brightness: 0.3 }]);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(70);
    expect(Math.min(...all)).toBeLessThan(73);
    expect(Math.max(...all)).toBeGreaterThan(127);
    expect(Math.max(...all)).toBeLessThanOrEqual(130);
  });

  it('contrast, saturation and hue leave a plain grey as it is', () => {
    // torchvision's weights of grey sum to .9999, hence the tolerance: .5 of .01
    for (const mean of means([{ name: 'colour', contrast: 0.5, saturation: 0.5, hue: 0.5 }]))
      expect(Math.abs(mean - 100)).toBeLessThan(0.02);
  });

  it('exposure goes past black and white, and over grounds that come before it, not after it', () => {
    const bright = { name: 'exposure', gain: [1, 1], shift: [25, 25] } as const;
    const ground = { name: 'zoomOut', probability: 1, ratio: [4, 4], fill: [0, 0, 0] } as const;
    const lowest = (steps: readonly Augmentation[]) =>
      Math.min(...augment(grey(255), [], { size: [16, 16], steps, random: keyedRandom(2) }).pixels);
    expect(means([bright], grey(255))[0]).toBe(280);
    expect(lowest([ground, bright])).toBe(25);
    expect(lowest([bright, ground])).toBe(0);
  });

  it('photometric changes each image in its own way and keeps it within 0-255', () => {
    const results = Array.from({ length: 64 }, (_, i) => run([{ name: 'photometric' }], i).pixels);
    expect(new Set(results.map((pixels) => pixels.join())).size).toBeGreaterThan(56); // 1 in 32 is left as it is
    for (const pixels of results)
      for (const value of pixels) if (value < 0 || value > 255) expect(value).toBeUndefined();
  });
});
