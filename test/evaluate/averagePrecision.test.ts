import { describe, expect, it } from 'vitest';
import { acfCaltech, acfCaltechIsThere } from '../../bench/acfCaltech.ts';
import type { Annotation, Detection } from '../../src/core/annotation.ts';
import { averagePrecision } from '../../src/evaluate/averagePrecision.ts';
import { matchImage } from '../../src/evaluate/matching.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';

const person = (y: number): Annotation => ({ box: [y, 0, y + 10, 5], label: 'person' });
const found = (y: number, score: number): Detection => ({ box: [y, 0, y + 10, 5], score, label: 'person' });

describe('average precision', () => {
  it('is the area below the best precision at each recall', () => {
    const image = { truths: [person(0), person(20)], detections: [found(0, 0.9), found(60, 0.8), found(20, 0.7)] };
    // hit 1/1, false, hit 2/3: 1/2 * 1 + 1/2 * 2/3
    expect(averagePrecision([image], plainProtocol)).toEqual({
      value: expect.closeTo(5 / 6, 12),
      recall: 1,
      truths: 2,
      detections: 3,
    });
  });
  it('is 1 where everything is found first, and lower for each object that is not found', () => {
    const all = { truths: [person(0)], detections: [found(0, 0.9), found(60, 0.1)] };
    expect(averagePrecision([all], plainProtocol).value).toBe(1);
    expect(averagePrecision([all, { truths: [person(0)], detections: [] }], plainProtocol).value).toBe(0.5);
  });
  it("is taken at COCO's 101 recalls where they are asked for", () => {
    const image = { truths: [person(0), person(20)], detections: [found(0, 0.9), found(60, 0.8), found(20, 0.7)] };
    const { value } = averagePrecision([image], plainProtocol, { points: 101 });
    expect(value).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12); // precision 1 at 0 to .50, then 2/3
    const half = { truths: [person(0), person(20)], detections: [found(0, 0.9)] };
    expect(averagePrecision([half], plainProtocol, { points: 101 }).value).toBeCloseTo(51 / 101, 12);
  });
  it('takes the recalls as numpy makes them, 57 * .01 being more than .57', () => {
    const image = {
      truths: Array.from({ length: 100 }, (_, i) => person(20 * i)),
      detections: Array.from({ length: 57 }, (_, i) => found(20 * i, 1)),
    };
    expect(averagePrecision([image], plainProtocol, { points: 101 }).value).toBeCloseTo(57 / 101, 12); // 0 to .56
  });
  it('is 0 where nothing is found', () => {
    const image = { truths: [person(0)], detections: [found(60, 0.9)] };
    for (const points of ['all', 101] as const)
      expect(averagePrecision([image], plainProtocol, { points })).toMatchObject({ value: 0, recall: 0 });
  });
  it('counts detections on ignored regions neither way', () => {
    const image = {
      truths: [person(0), { ...person(40), ignore: 'group' }],
      detections: [found(40, 0.9), found(0, 0.8)],
    };
    expect(averagePrecision([image], plainProtocol)).toMatchObject({ value: 1, truths: 1, detections: 1 });
  });
  it.skipIf(!acfCaltechIsThere)("is pycocotools' for ACF-Caltech (needs ../shared/data/caltech)", async () => {
    const result = averagePrecision(await acfCaltech(), plainProtocol, { points: 101 });
    // pycocotools 2.0.11: ignored boxes as iscrowd, one area range, maxDets 10,000, IoU .5
    expect(result.value).toBeCloseTo(0.5610537933378092, 12);
    expect(result.recall).toBeCloseTo(0.873767258382643, 12);
  });
  it('is not asked of images without objects', () => {
    expect(() => averagePrecision([{ truths: [], detections: [] }], plainProtocol)).toThrow(/none of 1 images/);
  });
});

describe('the matches of an image', () => {
  it('say which detections are hits, which are false, and what was found', () => {
    const ignored = { ...person(40), ignore: 'group' };
    const image = {
      truths: [person(0), ignored, person(20)],
      detections: [found(60, 0.5), found(40, 0.9), found(0, 0.8)],
    };
    const { detections, counted, found: seen } = matchImage(image, plainProtocol);
    expect(detections).toEqual([
      { index: 2, score: 0.8, hit: true, object: 0, overlap: 1 },
      { index: 0, score: 0.5, hit: false },
    ]);
    expect([counted, [...seen]]).toEqual([[0, 2], [0]]);
  });
});
