import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { augment } from '../../src/data/augment.ts';
import { blur, gaussian } from '../../src/data/augmentBlur.ts';
import { canvasOf, crop } from '../../src/data/augmentCanvas.ts';
import { mirrored } from '../../src/data/augmentMove.ts';
import { type CutOptions, coveredArea, settle } from '../../src/data/augmentObjects.ts';
import { patch } from '../../src/data/augmentPaint.ts';
import type { CutOut } from '../../src/data/augmentStepsPaint.ts';

const grey = [127, 127, 127] as const;
const person: Annotation = { box: [10, 10, 50, 40], label: 'person' };
/** What objects of a 100x100 photograph become when rectangles lie over it. */
const under = (patches: readonly Box[], objects: readonly Annotation[] = [person], options: CutOptions = {}) =>
  settle(
    patches.reduce((canvas, extent) => patch(canvas, extent, grey), canvasOf([100, 100], objects)),
    options,
  );

describe('an object under a rectangle', () => {
  it('counts, its box whole, while enough of it can be seen', () => {
    expect(under([[10, 0, 38, 100]])).toEqual([person]); // 12 of 40 rows: just .3
  });

  it('is ignored when too little is left, with the reason, or becomes background on request', () => {
    expect(under([[10, 0, 38.1, 100]])).toEqual([{ ...person, ignore: 'covered' }]);
    expect(under([[10, 0, 38.1, 100]], [person], { cut: 'background' })).toEqual([]);
    expect(under([[0, 0, 100, 100]], [person], { leastSeen: 0 })).toEqual([{ ...person, ignore: 'covered' }]);
  });

  it('is hidden by all of them together, where they overlap once', () => {
    const halves: Box[] = [
      [10, 10, 30, 40],
      [20, 10, 37, 40],
    ];
    expect(under(halves)).toEqual([person]); // 27 of 40 rows, not 37
    expect(under([...halves, [40, 0, 42, 50]])).toMatchObject([{ ignore: 'covered' }]); // 29
  });

  it('loses by what is cut and by what is covered, of what the photograph shows of it', () => {
    const canvas = crop(patch(mirrored(canvasOf([100, 100], [person])), [10, 60, 30, 100], grey), [0, 0, 100, 75]);
    // mirrored its columns are 60-90; 60-75 are in view, half of it, and half of that is covered
    expect(settle(canvas)).toEqual([{ box: [10, 60, 50, 75], label: 'person', ignore: 'covered' }]);
    expect(settle(canvas, { leastSeen: 0.25 })).toEqual([{ box: [10, 60, 50, 75], label: 'person' }]);
  });

  it('that is a region to ignore stays one, for its own reason', () => {
    const group = { ...person, ignore: 'people' };
    expect(under([[0, 0, 100, 100]], [group], { cut: 'background' })).toEqual([group]);
  });

  it('counts by its visible box', () => {
    const hidden = { ...person, visible: [10, 30, 50, 40] } as const;
    expect(under([[0, 0, 100, 25]], [hidden])).toEqual([hidden]);
  });
});

describe('coveredArea', () => {
  it('is the area of a union, within the box', () => {
    const box: Box = [0, 0, 10, 10];
    expect(coveredArea(box, [])).toBe(0);
    expect(coveredArea(box, [[-5, -5, 5, 5]])).toBe(25);
    // 5 * 10 + 10 * 5 - 25
    expect(
      coveredArea(box, [
        [0, 0, 5, 20],
        [0, 0, 20, 5],
      ]),
    ).toBe(75);
  });
});

describe('cutOut', () => {
  const run = (step: Partial<CutOut>, key: number) => {
    const image = { height: 60, width: 80, data: new Uint8Array(60 * 80 * 3).fill(10) };
    const steps = [{ name: 'cutOut', fill: [200, 0, 0], ...step }] as const;
    return augment(image, [], { size: [60, 80], steps, random: keyedRandom('cutOut', key) }).pixels;
  };
  const share = (pixels: Float32Array) => pixels.reduce((sum, value) => sum + (value === 200 ? 1 : 0), 0) / (60 * 80);

  it('hides .02 to .33 of half of the images', () => {
    const shares = Array.from({ length: 200 }, (_, i) => share(run({}, i))).filter((value) => value > 0);
    expect(Math.abs(shares.length / 200 - 0.5)).toBeLessThan(0.12); // 3.4 deviations of 200 coins
    expect(Math.min(...shares)).toBeGreaterThan(0.01); // whole pixels
    expect(Math.max(...shares)).toBeLessThan(0.35);
    expect(Math.max(...shares)).toBeGreaterThan(0.28);
  });

  it('hides several places on request, and nothing else changes', () => {
    const pixels = run({ probability: 1, count: 3, area: [0.05, 0.05], ratio: [1, 1] }, 1);
    expect(share(pixels)).toBeGreaterThan(0.06);
    for (let i = 0; i < pixels.length; i += 3) expect([10, 200]).toContain(pixels[i]);
  });
});

describe('blur', () => {
  const plane = { start: 0, stride: 3 * 9 };
  const whole = { top: 0, left: 0, bottom: 9, right: 9 };
  const point = (y: number, x: number) => {
    const pixels = new Float32Array(9 * 9 * 3);
    pixels[3 * (9 * y + x)] = 100;
    return pixels;
  };

  it('is a Gaussian on both axes', () => {
    const pixels = point(4, 4);
    blur(pixels, plane, whole, 0.8);
    const [g0 = 0, g1 = 0, g2 = 0] = gaussian(0.8);
    expect(g1 / g0).toBeCloseTo(Math.exp(-1 / 1.28), 6); // exp(-x^2 / (2 sigma^2))
    expect(g0 + 2 * (g1 + g2 + (gaussian(0.8)[3] ?? 0))).toBeCloseTo(1, 6);
    expect(pixels[3 * (9 * 4 + 4)]).toBeCloseTo(100 * g0 * g0, 4);
    expect(pixels[3 * (9 * 3 + 4)]).toBeCloseTo(100 * g0 * g1, 4);
    expect(pixels[3 * (9 * 3 + 6)]).toBeCloseTo(100 * g1 * g2, 4);
    expect(pixels.reduce((a, b) => a + b)).toBeCloseTo(100, 3);
    expect(pixels[3 * (9 * 4 + 4) + 1]).toBe(0); // other channels
  });

  it('shows a mirror beyond the edge of what is painted', () => {
    const pixels = point(4, 1);
    blur(pixels, plane, whole, 0.8);
    const [g0 = 0, g1 = 0, g2 = 0] = gaussian(0.8);
    expect(pixels[3 * 9 * 4]).toBeCloseTo(100 * g0 * 2 * g1, 4); // from the right, and from the mirror image at -1
    expect(pixels[3 * (9 * 4 + 1)]).toBeCloseTo(100 * g0 * (g0 + g2), 4); // the mirror image is two away
  });

  it('leaves what is not of the region, and a plain colour, as they are', () => {
    const pixels = new Float32Array(9 * 9 * 3).fill(50);
    blur(pixels, plane, whole, 2.5);
    for (const value of pixels) expect(value).toBeCloseTo(50, 3);
    const other = point(4, 4);
    blur(other, plane, { ...whole, left: 5 }, 2);
    expect(other).toEqual(point(4, 4));
  });

  it('of an augmentation is drawn within its range, in pixels of the input', () => {
    const data = new Uint8Array(40 * 40 * 3);
    for (let y = 0; y < 40; y++) data.fill(200, 3 * (40 * y + 20), 3 * (40 * y + 40));
    const edge = (key: number, sigma: readonly [number, number]) => {
      const steps = [{ name: 'blur', probability: 1, sigma }] as const;
      const { pixels } = augment({ height: 40, width: 40, data }, [], {
        size: [20, 20],
        method: 'area',
        steps,
        random: keyedRandom(key),
      });
      return pixels[3 * (20 * 5 + 9)] ?? 0; // beside the edge
    };
    expect(edge(0, [0, 0])).toBe(0);
    const [g0 = 0] = gaussian(1);
    expect(edge(0, [1, 1])).toBeCloseTo(200 * (0.5 - g0 / 2), 2);
    expect(edge(1, [1, 2])).toBeGreaterThan(edge(0, [1, 1]) - 1e-3);
  });
});
