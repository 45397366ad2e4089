import { describe, expect, it } from 'vitest';
import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import { cocoMetrics } from '../../src/evaluate/cocoMetrics.ts';
import { tide, tideNames } from '../../src/evaluate/tide.ts';
import { cocoGolden, cocoIsThere, imagesOf } from './cocoGolden.ts';
import { crowdScenes } from './crowdScenes.ts';

const at = (y: number, x: number, h: number, w: number): Box => [y, x, y + h, x + w];
const thing = (box: Box, label = 'cat', more: Partial<Annotation> = {}): Annotation => ({ box, label, ...more });
const found = (box: Box, score: number, label = 'cat'): Detection => ({ box, score, label });
const cat = thing(at(0, 0, 100, 100));
const hit = found(cat.box, 0.9);

describe('TIDE', () => {
  it("has the errors and gains of the authors' program, for 60 crowded images of three classes", () => {
    let n = 0; // scores apart: among equal ones the program puts false ones first where it sets errors right
    const images = crowdScenes(60, 5, ['person', 'rider', 'car']).map((image) => ({
      truths: image.truths.filter(({ ignore }) => ignore === undefined), // tidecv 1.0.1 lists ignored detections as errors
      detections: image.detections.map((one) => ({ ...one, score: one.score - 1e-7 * n++ })),
    }));
    const { AP, errors, falsePositives, falseNegatives } = tide(images);
    // tidecv 1.0.1, in percent
    expect(100 * AP).toBeCloseTo(25.11916104737234, 10);
    const counts = { Cls: 25, Loc: 156, Both: 28, Dupe: 42, Bkg: 98, Miss: 109 };
    const gains = {
      Cls: 3.372055751908235,
      Loc: 28.8400733270015,
      Both: 0.9244799183772798,
      Dupe: 0.9419283168456793,
      Bkg: 2.543327448044966,
      Miss: 9.27382990771508,
    };
    for (const name of tideNames) {
      expect(errors[name].count).toBe(counts[name]);
      expect(100 * errors[name].gain).toBeCloseTo(gains[name], 10);
    }
    expect(100 * falsePositives).toBeCloseTo(25.045855454277824, 10);
    expect(100 * falseNegatives).toBeCloseTo(24.62377506931303, 10);
  });
  it.skipIf(!cocoIsThere)("starts from COCO's AP50 (needs ../shared/data/parity)", () => {
    const images = imagesOf(cocoGolden());
    expect(tide(images).AP).toBeCloseTo(cocoMetrics(images).AP50 ?? 0, 12); // crowds too
  });
  it.each([
    ['Cls', [found(cat.box, 0.9, 'dog')]],
    ['Loc', [hit, found(at(0, 60, 100, 100), 0.8)]], // IoU 40 / 160
    ['Both', [hit, found(at(0, 60, 100, 100), 0.8, 'dog')]],
    ['Dupe', [hit, found(at(0, 5, 100, 100), 0.8)]],
    ['Bkg', [hit, found(at(300, 300, 100, 100), 0.8)]],
    ['Miss', []],
  ] as const)('%s is the error of such a detection', (name, detections) => {
    const dog = thing(at(500, 500, 50, 50), 'dog');
    const { list } = tide([{ truths: [cat, dog], detections: [...detections, found(dog.box, 0.99, 'dog')] }]);
    expect(list.map((error) => error.name)).toEqual([name]);
    expect(list[0]).toMatchObject({
      image: 0,
      ...(name === 'Miss' ? { object: 0 } : { detection: detections.length - 1 }),
    });
  });
  it('counts an object that an error would have found as no miss', () => {
    const { errors, falseNegatives } = tide([{ truths: [cat], detections: [found(at(0, 60, 100, 100), 0.8)] }]);
    expect([errors.Loc.count, errors.Miss.count]).toEqual([1, 0]);
    expect([errors.Loc.gain, falseNegatives]).toEqual([1, 0]);
  });
  it('leaves out what is mostly in an ignored region of its class, or of a class that no object has', () => {
    const region = (label: string) => thing(at(300, 300, 200, 200), label, { ignore: 'a crowd' });
    const inside = found(at(310, 310, 50, 50), 0.8);
    const errors = (label: string) =>
      tide([{ truths: [cat, thing(at(600, 0, 10, 10), 'dog'), region(label)], detections: [hit, inside] }]).errors;
    expect([errors('cat').Bkg.count, errors('dog').Bkg.count, errors('people').Bkg.count]).toEqual([0, 1, 0]);
  });
  it('is plain data', () => {
    const result = tide(crowdScenes(5, 1));
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
  it('refuses what cannot be', () => {
    expect(() => tide([])).toThrow(/images is empty/);
    expect(() => tide([{ truths: [], detections: [hit] }])).toThrow(/none of 1 images/);
    expect(() => tide([{ truths: [cat], detections: [] }], { background: 0.6 })).toThrow(/must go up/);
    expect(() => tide([{ truths: [cat], detections: [] }], { maxDets: 0 })).toThrow(/whole number/);
    expect(() => tide([{ truths: [cat], detections: [found(cat.box, Number.NaN)] }])).toThrow(/score NaN/);
    expect(() => tide([{ truths: [cat], detections: [found([0, 0, Number.NaN, 1], 1)] }])).toThrow(/four finite/);
  });
});
