import { describe, expect, it } from 'vitest';
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
      { index: 2, score: 0.8, hit: true },
      { index: 0, score: 0.5, hit: false },
    ]);
    expect([counted, [...seen]]).toEqual([[0, 2], [0]]);
  });
});
