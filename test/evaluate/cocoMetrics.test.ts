import { describe, expect, it } from 'vitest';
import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import { cocoFigures } from '../../src/evaluate/cocoFigures.ts';
import { cocoMetrics } from '../../src/evaluate/cocoMetrics.ts';
import { cocoPrecisionCurve } from '../../src/evaluate/cocoPrecisionCurve.ts';
import { meanIou } from '../../src/evaluate/meanIou.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { vocAveragePrecision } from '../../src/evaluate/vocAveragePrecision.ts';
import { cocoGolden, cocoIsThere, imagesOf, type Nested } from './cocoGolden.ts';

const at = (y: number, x: number, h: number, w: number): Box => [y, x, y + h, x + w];
const thing = (box: Box, label = 'cat', more: Partial<Annotation> = {}): Annotation => ({ box, label, ...more });
const found = (box: Box, score: number, label = 'cat'): Detection => ({ box, score, label });

describe.skipIf(!cocoIsThere)("COCO's figures (needs ../shared/data/parity)", () => {
  const golden = cocoIsThere ? cocoGolden() : undefined;
  const images = golden ? imagesOf(golden) : [];
  const classes = golden?.categories.map(({ name }) => name) ?? [];
  const want = (key: string): Nested => golden?.coco[key] ?? [];
  const close = (a: number | undefined, b: Nested | undefined, digits: number) =>
    expect(a ?? -1).toBeCloseTo(Number(b), digits);
  const rows = (value: Nested): readonly Nested[] => (typeof value === 'number' ? [] : value);

  it.each([
    // pycocotools 2.0.11 on the same data, all digits
    [
      'class',
      [
        0.2853220338022697, 0.5763848229137193, 0.2600718556263358, 0.3575944007619896, 0.3467315167654108,
        0.26375611467779375, 0.2696078431372549, 0.4816300257476728, 0.48555159437512374, 0.5125, 0.49663967611336024,
        0.4810185185185185,
      ],
    ],
    [
      'all',
      [
        0.30830120160743096, 0.6341717848957791, 0.2591228034587932, 0.32182819253530487, 0.36184669156957,
        0.2759213864769341, 0.15922330097087378, 0.5077669902912622, 0.521359223300971, 0.48571428571428565,
        0.5404761904761906, 0.52,
      ],
    ],
  ] as const)("are pycocotools' twelve to 1e-12, by %s", (by, figures) => {
    const ours = Object.values(cocoFigures(cocoMetrics(images, { classes, by })));
    for (const [i, figure] of figures.entries()) expect(Math.abs((ours[i] ?? 0) - figure)).toBeLessThan(1e-12);
  });
  it("are pycocotools' curves at every setting", () => {
    const { curves } = cocoMetrics(images, { classes });
    expect(curves.shape).toEqual([10, 101, 4, 4, 3]);
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
    // pycocotools 2.0.11: eval['precision'], ['recall'] and ['scores'], summed
    expect(sum(curves.precision)).toBeCloseTo(-1794.744992866048, 9);
    expect(sum(curves.recall)).toBeCloseTo(31.18971066343358, 10);
    expect(sum(curves.scores)).toBeCloseTo(-3213.2308, 9);
  });
  it('are there for each class, and each range of its areas', () => {
    const metrics = cocoMetrics(images, { classes });
    for (const [k, { AP, areas, AR }] of metrics.classes.entries()) {
      close(AP, rows(want('AP per class'))[k], 8);
      for (const [a, area] of areas.entries()) close(area.AP, rows(rows(want('AP per class and area'))[k] ?? [])[a], 8);
      expect(AR === undefined).toBe(AP === undefined);
    }
    expect(metrics.classes[3]).toMatchObject({ label: 'nobody', truths: 0, AP: undefined, AR: undefined });
  });
  it('have curves that can be drawn', () => {
    const curve = cocoPrecisionCurve(cocoMetrics(images, { classes }), { label: classes[0] ?? '' });
    const stored = [want('full precision, class 1, iou .5'), want('full scores, class 1, iou .5')].map(rows);
    expect(curve).toHaveLength(101);
    for (const [i, { recall, precision, score }] of curve.entries()) {
      expect(recall).toBe(i / 100);
      close(precision, stored[0]?.[i], 6); // seven digits are stored
      close(score, stored[1]?.[i], 6);
    }
  });
  it('are there for other numbers of detections', () => {
    const { AP, AR } = cocoMetrics(images, { classes, maxDets: [1, 5, 300] });
    close(AP, 0.285322034, 8); // coco.json: maxDets [1, 5, 300], AP at last
    expect(AR.map(({ maxDets }) => maxDets)).toEqual([1, 5, 300]);
    // the mean of what is stored by class and number: [.2, .481818182, ...], [.3, .477777778, ...], [.308823529, .45, ...]
    for (const [m, sum] of [0.2 + 0.3 + 0.308823529, 0.481818182 + 0.477777778 + 0.45].entries())
      close(AR[m]?.value, sum / 3, 8);
  });
  it.each([
    ['iou 0.5', 0.5, 'edges'],
    ['iou 0.7', 0.7, 'edges'],
    ['iou 0.5 inclusive pixels', 0.5, 'pixels'],
    ['iou 0.7 inclusive pixels', 0.7, 'pixels'],
  ] as const)("VOC's average precision is the reference's, %s", (key, overlap, corners) => {
    for (const [points, name] of [
      ['all', 'allPoint'],
      [11, 'elevenPoint'],
    ] as const)
      for (const [k, label] of classes.slice(0, 3).entries()) {
        const { value } = vocAveragePrecision(golden ? imagesOf(golden, 'file') : [], {
          label,
          points,
          overlap,
          corners,
        });
        close(value, golden?.voc[key]?.[name]?.[k], 8); // nine digits are stored
      }
  });
});

/** A precision of 1 is 1 / (1 + 2^-52) there, as in pycocotools. */
const one = expect.closeTo(1, 12);

describe('COCO', () => {
  it('lets any number of detections be in a crowd, which is none to find', () => {
    const crowd = thing(at(0, 0, 100, 100), 'cat', { ignore: 'a crowd', crowd: true });
    const image = {
      truths: [thing(at(200, 200, 40, 40)), crowd],
      detections: [found(at(0, 0, 20, 20), 0.9), found(at(30, 30, 20, 20), 0.8), found(at(200, 200, 40, 40), 0.7)],
    };
    expect(cocoMetrics([image])).toMatchObject({ AP: one, classes: [{ label: 'cat', truths: 1 }] });
  });
  it('leaves out false detections of other areas, and hits of objects of other areas', () => {
    const image = {
      truths: [thing(at(0, 0, 20, 20)), thing(at(100, 100, 50, 50))],
      detections: [found(at(100, 100, 50, 50), 0.9), found(at(300, 300, 50, 50), 0.8), found(at(0, 0, 20, 20), 0.7)],
    };
    const { areas } = cocoMetrics([image]);
    expect(areas.map(({ name, AP }) => [name, AP])).toEqual([
      ['all', expect.closeTo((51 + (50 * 2) / 3) / 101, 12)],
      ['small', one],
      ['medium', one],
      ['large', undefined],
    ]);
  });
  it("goes by an object's own area where it has one", () => {
    const image = { truths: [thing(at(0, 0, 40, 40), 'cat', { area: 900 })], detections: [] };
    expect(cocoMetrics([image]).areas.map(({ AR }) => AR)).toEqual([0, 0, undefined, undefined]);
  });
  it('looks at the best 100 detections of an image and class', () => {
    const falses = Array.from({ length: 100 }, (_, i) => found(at(300, i, 9, 9), 0.9));
    const image = { truths: [thing(at(0, 0, 40, 40))], detections: [...falses, found(at(0, 0, 40, 40), 0.5)] };
    expect(cocoMetrics([image]).AP).toBe(0);
    expect(cocoMetrics([image], { maxDets: [101] }).AP).toBeCloseTo(1 / 101, 12);
  });
  it('tells classes apart, unless proposals are judged', () => {
    const image = { truths: [thing(at(0, 0, 40, 40))], detections: [found(at(0, 0, 40, 40), 0.5, 'dog')] };
    expect(cocoMetrics([image]).AP).toBe(0);
    expect(cocoMetrics([image], { classes: ['cat', 'dog'], by: 'all' }).AP).toEqual(one);
  });
  it.each([
    ['images is empty', [], {}],
    ['has an object', [{ truths: [], detections: [] }], {}],
    ['names one twice', [{ truths: [], detections: [] }], { classes: ['cat', 'cat'] }],
    ['must be above 0', [{ truths: [thing(at(0, 0, 1, 1))], detections: [] }], { ious: [0] }],
    [
      'each must go up',
      [{ truths: [thing(at(0, 0, 1, 1))], detections: [] }],
      { areas: [{ name: 'all', from: 2, to: 1 }] },
    ],
    ['the greatest last', [{ truths: [thing(at(0, 0, 1, 1))], detections: [] }], { maxDets: [10, 1] }],
    ['has score NaN', [{ truths: [thing(at(0, 0, 1, 1))], detections: [found(at(0, 0, 1, 1), Number.NaN)] }], {}],
    ['four finite numbers', [{ truths: [thing([0, 0, Number.NaN, 1])], detections: [] }], {}],
  ] as const)('refuses what cannot be: %s', (message, images, options) => {
    expect(() => cocoMetrics(images, options)).toThrow(message);
  });
  it('has curves of its classes and overlaps alone', () => {
    const metrics = cocoMetrics([{ truths: [thing(at(0, 0, 40, 40))], detections: [] }], { classes: ['cat', 'dog'] });
    expect(cocoPrecisionCurve(metrics, { label: 'cat' })[0]).toEqual({ recall: 0, precision: 0, score: 0 });
    expect(cocoPrecisionCurve(metrics, { label: 'dog' })).toEqual([]);
    expect(() => cocoPrecisionCurve(metrics, { label: 'cow' })).toThrow(/there are cat, dog/);
    expect(() => cocoPrecisionCurve(metrics, { label: 'cat', iou: 0.51 })).toThrow(/iou is 0.51/);
  });
  it('has twelve figures only of its own settings', () => {
    const image = { truths: [thing(at(0, 0, 40, 40))], detections: [] };
    expect(cocoFigures(cocoMetrics([image]))).toMatchObject({ AP: 0, APs: -1, APm: 0, APl: -1, AR100: 0 });
    expect(() => cocoFigures(cocoMetrics([image], { maxDets: [1] }))).toThrow(/AR is of 1 detections/);
    expect(() => cocoFigures(cocoMetrics([image], { areas: [{ name: 'all', from: 0, to: 1e9 }] }))).toThrow(
      /called small/,
    );
  });
});

describe('VOC', () => {
  it('takes a second detection for false even where it overlaps another object enough', () => {
    // Both overlap the first object most; COCO gives the second one the free object.
    const truths = [thing(at(0, 0, 100, 100)), thing(at(0, 30, 100, 100))];
    const detections = [found(at(0, 0, 100, 100), 0.9), found(at(0, 10, 100, 100), 0.8)];
    expect(vocAveragePrecision([{ truths, detections }], { label: 'cat' }).recall).toBe(0.5);
    expect(cocoMetrics([{ truths, detections }], { ious: [0.5] }).AR.at(-1)?.value).toBe(1);
  });
  it('is the mean of 11 precisions, or the area', () => {
    const image = {
      truths: [thing(at(0, 0, 40, 40)), thing(at(100, 0, 40, 40))],
      detections: [found(at(0, 0, 40, 40), 0.9), found(at(300, 0, 9, 9), 0.8), found(at(100, 0, 40, 40), 0.7)],
    };
    expect(vocAveragePrecision([image], { label: 'cat', points: 11 }).value).toBeCloseTo((6 + (5 * 2) / 3) / 11, 12);
    expect(vocAveragePrecision([image], { label: 'cat' }).value).toBeCloseTo(1 / 2 + 1 / 3, 12);
  });
  it('is not asked of a class without objects', () => {
    expect(() => vocAveragePrecision([{ truths: [], detections: [] }], { label: 'cat' })).toThrow(
      /has a cat that counts/,
    );
  });
});

describe('the mean IoU of matches', () => {
  it('is of the objects found, and of all', () => {
    const person = (box: Box) => thing(box, 'person');
    const image = {
      truths: [person(at(0, 0, 40, 40)), person(at(100, 0, 40, 40)), person(at(200, 0, 40, 40))],
      detections: [found(at(0, 0, 40, 40), 0.9, 'person'), found(at(100, 0, 40, 30), 0.8, 'person')],
    };
    expect(meanIou([image], plainProtocol)).toEqual({ matched: 0.875, all: 1.75 / 3, matches: 2, truths: 3 }); // 1 and 3/4
    expect(meanIou([{ ...image, detections: [] }], plainProtocol).matched).toBeUndefined();
  });
});
