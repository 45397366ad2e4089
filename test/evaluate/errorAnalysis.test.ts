import { describe, expect, it } from 'vitest';
import { acfCaltech, acfCaltechIsThere } from '../../bench/acfCaltech.ts';
import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import { calibration } from '../../src/evaluate/calibration.ts';
import { errorAnalysis } from '../../src/evaluate/errorAnalysis.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';
import { missRate } from '../../src/evaluate/missRate.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { worstImages } from '../../src/evaluate/worstImages.ts';
import { crowdScenes } from './crowdScenes.ts';

const at = (y: number, x: number, h: number, w = 0.41 * h): Box => [y, x, y + h, x + w];
const person = (box: Box, more: Partial<Annotation> = {}): Annotation => ({ box, label: 'person', ...more });
const found = (box: Box, score: number, label = 'person'): Detection => ({ box, score, label });
const base = person(at(100, 100, 80));
const hit = found(base.box, 0.9);
const analyse = (truths: Annotation[], detections: Detection[], score = 0.5) =>
  errorAnalysis([{ truths, detections, size: [480, 640] }], plainProtocol, { score });

describe('misses', () => {
  it.each([
    ['score', [found(base.box, 0.4)]],
    ['localisation', [found(at(120, 115, 80), 0.9)]],
    ['confusion', [found(base.box, 0.9, 'bicycle')]],
    ['missed', [found(at(300, 300, 80), 0.9)]],
    ['missed', []],
  ] as const)('are of the kind %s', (kind, detections) => {
    const { misses, hits } = analyse([base], [...detections]);
    expect([misses, hits]).toEqual([[{ kind, image: 0, object: 0 }], 0]);
  });
  it('are duplicates where one detection stands for two people', () => {
    const other = person(at(100, 105, 80));
    expect(analyse([base, other], [hit]).misses).toEqual([{ kind: 'duplicate', image: 0, object: 1 }]);
  });
});

describe('false detections', () => {
  it.each([
    ['localisation', found(at(120, 115, 80), 0.8)],
    ['duplicate', found(at(100, 105, 80), 0.8)],
    ['background', found(at(300, 300, 80), 0.8)],
    ['confusion', found(at(200, 400, 80), 0.8)],
  ] as const)('are of the kind %s', (kind, one) => {
    const tree: Annotation = { box: at(200, 400, 80), label: 'tree' };
    const { falses, falseCounts } = analyse([base, tree], [hit, one]);
    expect(falses).toMatchObject([{ kind, image: 0, detection: 1, score: 0.8 }]);
    expect(falseCounts[kind]).toBe(1);
  });
  it('are none on ignored regions, nor below the score', () => {
    const region = person(at(200, 400, 80), { ignore: 'a group' });
    expect(analyse([base, region], [hit, found(region.box, 0.8), found(at(300, 300, 80), 0.4)]).falses).toEqual([]);
  });
});

describe('the analysis', () => {
  it('has its people and its false detections in groups by what they are like', () => {
    const hidden = person(at(10, 10, 40, 10), { occlusion: 'heavy' });
    const { groups } = analyse([base, hidden], [hit, found(at(400, 600, 60, 30), 0.8)]);
    expect(groups.height).toEqual([
      { name: '30-50 px', truths: 1, misses: 1, missRate: 1, falses: 0 },
      { name: '50-80 px', truths: 0, misses: 0, missRate: undefined, falses: 1 },
      { name: '80-120 px', truths: 1, misses: 0, missRate: 0, falses: 0 },
    ]);
    expect(groups.occlusion).toEqual([
      { name: 'heavy', truths: 1, misses: 1, missRate: 1, falses: undefined },
      { name: 'not told', truths: 1, misses: 0, missRate: 0, falses: undefined },
    ]);
    expect(groups.aspect.map(({ name, truths, falses }) => [name, truths, falses])).toEqual([
      ['0.25-0.35', 1, 0],
      ['0.35-0.47', 1, 0],
      ['0.47-0.6', 0, 1],
    ]);
    expect(groups.place.map(({ name, truths, falses }) => [name, truths, falses])).toEqual([
      ['top left', 2, 0],
      ['bottom right', 0, 1],
    ]);
    expect(groups.crowding).toMatchObject([{ name: 'alone', truths: 2 }]);
  });
  it('tells how close people stand by their greatest overlap', () => {
    const { groups } = analyse([base, person(at(100, 105, 80)), person(at(178, 100, 80))], []);
    // 80 x 32.8 boxes: 5 apart IoU 27.8 / 37.8; 78 rows apart 2 / 158
    expect(groups.crowding.map(({ name, truths }) => [name, truths])).toEqual([
      ['touching to 0.1', 1],
      ['0.5 and more', 2],
    ]);
  });
  it('has no detections where the first false one is too many', () => {
    const { score, hits, falses } = errorAnalysis(
      [{ truths: [base], detections: [found(at(300, 300, 80), 0.9)] }],
      plainProtocol,
    );
    expect([score, hits, falses]).toEqual([undefined, 0, []]); // 1 an image, more than .1
  });
  it('has no place of images without their size', () => {
    expect(errorAnalysis([{ truths: [base], detections: [] }], plainProtocol).groups.place).toEqual([]);
  });
  it.each([1, 2, 3])('splits all there is, and agrees with the curve (%d)', (seed) => {
    const images = crowdScenes(40, seed);
    const result = errorAnalysis(images, plainProtocol, { fppi: 0.5 });
    const point = missRate(images, plainProtocol).curve.findLast(({ score }) => score >= (result.score ?? 1));
    expect(result.misses.length / result.truths).toBeCloseTo(point?.missRate ?? 0, 12);
    expect(result.falses.length / result.images).toBeCloseTo(point?.fppi ?? 0, 12);
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
    expect([sum(result.missCounts), sum(result.falseCounts)]).toEqual([result.misses.length, result.falses.length]);
    for (const groups of Object.values(result.groups)) {
      expect(groups.reduce((all, { truths }) => all + truths, 0)).toBe(result.truths);
      expect(groups.reduce((all, { misses }) => all + misses, 0)).toBe(result.misses.length);
    }
    expect(JSON.parse(JSON.stringify(result)).misses).toEqual(result.misses);
  });
  it.skipIf(!acfCaltechIsThere)(
    'of ACF-Caltech stands at .1 false ones an image (needs ../shared/data/caltech)',
    async () => {
      const result = errorAnalysis(await acfCaltech(), plainProtocol);
      expect(result.misses.length / result.truths).toBeCloseTo(0.4586, 3); // the fifth of the nine points of MATLAB's
      expect(result.falses.length).toBe(402); // .1 * 4024
    },
  );
  it('refuses what cannot be', () => {
    const images = [{ truths: [base], detections: [hit] }];
    expect(() => errorAnalysis(images, plainProtocol, { fppi: 0 })).toThrow(/fppi is 0/);
    expect(() => errorAnalysis(images, plainProtocol, { background: 0.5 })).toThrow(/background is 0.5/);
    expect(() => errorAnalysis(images, plainProtocol, { score: Number.NaN })).toThrow(/score is NaN/);
  });
});

describe('the worst images', () => {
  it('are those with the most errors, the surest first', () => {
    const images: EvaluatedImage[] = [
      { truths: [base], detections: [hit] },
      { truths: [base], detections: [found(at(300, 300, 80), 0.6)] },
      { truths: [base], detections: [found(at(300, 300, 80), 0.95)] },
      { truths: [base, person(at(300, 300, 80))], detections: [found(at(10, 500, 80), 0.7)] },
    ];
    const worst = worstImages(errorAnalysis(images, plainProtocol, { score: 0.5 }), 3);
    expect(worst).toEqual([
      { image: 3, misses: [0, 1], falses: [0], score: 0.7 },
      { image: 2, misses: [0], falses: [0], score: 0.95 },
      { image: 1, misses: [0], falses: [0], score: 0.6 },
    ]);
    expect(() => worstImages({ misses: [], falses: [] }, 0)).toThrow(/count is 0/);
  });
});

describe('calibration', () => {
  const images = (scores: readonly number[], right: number): EvaluatedImage[] =>
    scores.map((score, i) => ({ truths: [base], detections: [found(i < right ? base.box : at(300, 300, 80), score)] }));
  it('has no error where scores are shares of hits', () => {
    const result = calibration(images([0.75, 0.75, 0.75, 0.75], 3), plainProtocol);
    expect(result).toMatchObject({ expectedError: 0, maximumError: 0, detections: 4 });
    expect(result.bins[7]).toEqual({ from: 0.7, to: 0.8, count: 4, score: 0.75, precision: 0.75 });
    expect(result.bins[0]).toEqual({ from: 0, to: 0.1, count: 0, score: undefined, precision: undefined });
    expect(result.brier).toBeCloseTo(0.75 * 0.0625 + 0.25 * 0.5625, 12);
  });
  it('weighs the error of a bin by its detections', () => {
    const result = calibration(images([0.9, 0.9, 0.9, 0.3], 3), plainProtocol, { bins: 2 });
    // bin 1: says .3, is 0; bin 2: says .9, is 1
    expect(result.expectedError).toBeCloseTo((1 * 0.3 + 3 * 0.1) / 4, 12);
    expect(result.maximumError).toBeCloseTo(0.3, 12);
  });
  it('has a score of 1 in its last bin, and leaves out what scores too low', () => {
    const result = calibration(images([1, 0.01], 1), plainProtocol, { bins: 4, score: 0.05 });
    expect([result.bins[3]?.count, result.detections]).toEqual([1, 1]);
  });
  it('refuses scores that are no shares, and bins that cannot be', () => {
    expect(() => calibration(images([1.5], 1), plainProtocol)).toThrow(/through a sigmoid/);
    expect(() => calibration(images([0.5], 1), plainProtocol, { bins: 0 })).toThrow(/bins is 0/);
    expect(() => calibration(images([0.5], 1), plainProtocol, { score: 0.6 })).toThrow(/none has a score of 0.6/);
  });
});
