import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { type AnchorOptions, anchors } from '../../src/detection/anchors.ts';
import { boxAt, flatten } from '../../src/detection/boxes.ts';
import { overlaps } from '../../src/detection/overlaps.ts';
import { anchorClusters, shapeIou } from '../../src/evaluate/anchorClusters.ts';
import { anchorStudy } from '../../src/evaluate/anchorStudy.ts';
import { bestAnchors, type Shape } from '../../src/evaluate/anchorStudyBest.ts';
import { uniform } from './crowdScenes.ts';

const levels: AnchorOptions = {
  levels: [
    {
      shapes: [
        [16, 16],
        [24, 12],
      ],
    },
    { shapes: [[64, 32]], step: [30, 33] },
  ],
  maps: [
    { height: 12, width: 16 },
    { height: 4, width: 4 },
  ],
  inputSize: [96, 128],
};
const object = (box: Box, more: Partial<Annotation> = {}): Annotation => ({ box, label: 'person', ...more });
const boxesOf = (count: number, seed: number): Box[] => {
  const u = uniform(seed);
  return Array.from({ length: count }, () => {
    const [tall, y, x] = [6 + 70 * u(), 96 * u() - 10, 128 * u() - 10];
    return [y, x, y + tall, x + tall * (0.3 + 0.5 * u())];
  });
};

describe('the best anchor of a box', () => {
  it('is that of a search among all', () => {
    const boxes = boxesOf(200, 1);
    const all = anchors(levels);
    const table = overlaps(flatten(boxes), Float64Array.from(all));
    const count = all.length / 4;
    const { overlaps: best, levels: at, byLevel } = bestAnchors(boxes, levels);
    const first = 2 * 12 * 16; // anchors of the first level
    for (const i of boxes.keys()) {
      const row = table.subarray(i * count, (i + 1) * count);
      expect(best[i]).toBeCloseTo(Math.max(...row), 5); // anchors are float32
      expect(byLevel[0]?.[i]).toBeCloseTo(Math.max(...row.subarray(0, first)), 5);
      if (Math.max(...row) > 0) expect(at[i]).toBe(row.indexOf(Math.max(...row)) < first ? 0 : 1);
    }
    expect(boxAt(all, first)).toEqual([-17, 0.5, 47, 32.5]); // the centre of its step of 30 x 33
  });
});

describe('an anchor study', () => {
  const data = [{ width: 128, height: 96, objects: boxesOf(120, 2).map((box) => object(box)) }];
  const study = anchorStudy(data, levels);
  it('counts boxes and anchors', () => {
    expect([study.boxes, study.anchors]).toEqual([120, 2 * 12 * 16 + 16]);
    expect(study.histogram.reduce((sum, { boxes }) => sum + boxes, 0)).toBe(120);
    expect(study.levels.reduce((sum, { best }) => sum + best, 0)).toBe(120);
    expect(study.heights.reduce((sum, { boxes }) => sum + boxes, 0)).toBe(120);
    expect(study.levels.map(({ step }) => step)).toEqual([
      [8, 8],
      [30, 33],
    ]);
  });
  it('has a recall that falls with the threshold, and of a level no more than of all', () => {
    const values = study.recall.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    for (const level of study.levels)
      for (const [i, { value }] of level.recall.entries()) expect(value).toBeLessThanOrEqual(values[i] ?? 0);
  });
  it('suggests as many shapes for each level, which reach the boxes better', () => {
    expect(study.suggested.levels.map(({ shapes }) => shapes.length)).toEqual([2, 1]);
    expect(study.suggested.levels[1]?.step).toEqual([30, 33]);
    expect(study.suggested.meanIou).toBeGreaterThan(study.meanIou);
  });
  it('covers everything with anchors that are the boxes', () => {
    const one = anchorStudy([{ width: 96, height: 96, objects: [object([16, 16, 32, 32])] }], {
      levels: [{ shapes: [[16, 16]] }],
      maps: [{ height: 6, width: 6 }],
      inputSize: [96, 96],
    });
    expect(one).toMatchObject({ meanIou: 1, recall: Array(5).fill({ value: 1 }), clusters: { meanIou: 1 } });
    expect(one.suggested.levels).toEqual([{ shapes: [[16, 16]] }]);
  });
  it('sees boxes as the input does: whole, or drawn out', () => {
    const wide = [{ width: 256, height: 96, objects: [object([0, 0, 48, 64])] }];
    const of = (fit: 'letterbox' | 'stretch') => anchorStudy(wide, levels, { fit }).clusters.clusters[0]?.shape;
    expect(of('letterbox')).toEqual([24, 32]); // both sides halved
    expect(of('stretch')).toEqual([48, 32]);
  });
  it('leaves out ignored objects and other labels', () => {
    const objects = [
      object([0, 0, 20, 10]),
      object([0, 0, 20, 10], { ignore: 'a group' }),
      { ...object([0, 0, 9, 9]), label: 'car' },
    ];
    const of = (labels?: string[]) =>
      anchorStudy([{ width: 128, height: 96, objects }], levels, labels ? { labels } : {}).boxes;
    expect([of(), of(['person'])]).toEqual([2, 1]);
  });
  it('tells how many boxes are near the aspect of pedestrians', () => {
    const objects = [object([0, 0, 100, 41]), object([0, 0, 100, 50]), object([0, 0, 100, 52]), object([0, 0, 50, 50])];
    const { aspects, pedestrian } = anchorStudy([{ width: 128, height: 96, objects }], levels, { clusters: 2 });
    expect(aspects).toMatchObject({ near: 0.5, aspect: 0.41, quartiles: [0.5, 0.52, 0.52] });
    for (const { shape } of pedestrian.clusters) expect(shape[1] / shape[0]).toBeCloseTo(0.41, 12);
  });
  it('is plain data, the same for the same seed', () => {
    expect(JSON.parse(JSON.stringify(study))).toEqual(study);
    expect(anchorStudy(data, levels)).toEqual(study);
  });
  it.each([
    [/none of 1 images has an object that counts among car/, { labels: ['car'] }, levels],
    [/thresholds are \[0\]/, { thresholds: [0] }, levels],
    [/1 maps but anchors for 2 levels/, {}, { ...levels, maps: [{ height: 1, width: 1 }] }],
    [/level 0 has shapes \[\]/, {}, { ...levels, levels: [{ shapes: [] }, { shapes: [[1, 1]] }] }],
    [/inputSize is \[0, 128\]/, {}, { ...levels, inputSize: [0, 128] }],
  ] as const)('refuses what cannot be: %s', (message, options, given) => {
    expect(() => anchorStudy(data, given, options)).toThrow(message);
  });
  it('refuses a box without an area', () => {
    const flat = [{ width: 128, height: 96, objects: [object([5, 5, 5, 9])] }];
    expect(() => anchorStudy(flat, levels)).toThrow(/sides must be above 0/);
  });
});

describe('clusters of boxes', () => {
  const around = (height: number, width: number, seed: number): Shape[] => {
    const u = uniform(seed);
    return Array.from({ length: 50 }, () => [height * (0.95 + 0.1 * u()), width * (0.95 + 0.1 * u())]);
  };
  it('are found where boxes are of three kinds', () => {
    const { clusters, meanIou } = anchorClusters([...around(20, 8, 1), ...around(20, 20, 2), ...around(90, 40, 3)], {
      count: 3,
    });
    expect(clusters.map(({ boxes }) => boxes)).toEqual([50, 50, 50]);
    for (const [i, shape] of [
      [20, 8],
      [20, 20],
      [90, 40],
    ].entries())
      for (const side of [0, 1]) expect((clusters[i]?.shape[side] ?? 0) / (shape[side] ?? 1)).toBeCloseTo(1, 1);
    expect(meanIou).toBeGreaterThan(0.9);
  });
  it('fit better the more there are', () => {
    const shapes = boxesOf(300, 4).map(([y1, x1, y2, x2]): Shape => [y2 - y1, x2 - x1]);
    const means = [1, 2, 4, 8, 16].map((count) => anchorClusters(shapes, { count }).meanIou);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
  });
  it('depend on the seed alone', () => {
    const shapes = around(40, 20, 5);
    const of = (seed: number) => anchorClusters(shapes, { count: 5, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
  it('take one box for many', () => {
    expect(anchorClusters(Array(9).fill([30, 10]), { count: 3 }).meanIou).toBeCloseTo(1, 12);
    expect(shapeIou([2, 2], [4, 1])).toBeCloseTo(2 / 6, 12);
  });
  it.each([
    [/there are no boxes/, [], { count: 1 }],
    [/count is 2/, [[1, 1]], { count: 2 }],
    [/a box is 0x1/, [[0, 1]], { count: 1 }],
    [/aspect is 0/, [[1, 1]], { count: 1, aspect: 0 }],
    [/starts is 0/, [[1, 1]], { count: 1, starts: 0 }],
  ] as const)('refuse what cannot be: %s', (message, shapes, options) => {
    expect(() => anchorClusters(shapes, options)).toThrow(message);
  });
});
