import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { flatten } from '../../src/detection/boxes.ts';
import { nms } from '../../src/detection/nms.ts';
import { descending, largest } from '../../src/detection/order.ts';
import { shortlist } from '../../src/detection/shortlist.ts';
import { drawBoxes, plainNms } from './drawn.ts';

const sorted = (scores: Float64Array) =>
  [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
/** Scores of so many steps: few steps make many ties. */
const drawScores = (count: number, steps: number, ...keys: (string | number)[]) => {
  const random = keyedRandom(...keys);
  return Float64Array.from({ length: count }, () => Math.floor(random() * steps) / steps);
};

describe('non-maximum suppression', () => {
  // The second overlaps the first by 1/3, the third the second by 1/3; the first and the third only touch.
  const row = flatten([
    [0, 0, 10, 10],
    [0, 5, 10, 15],
    [0, 10, 10, 20],
  ]);

  it('drops what overlaps a better box, and what it would have dropped stays', () => {
    expect([...nms(row, Float32Array.of(0.9, 0.8, 0.7), { iouAbove: 0.3 })]).toEqual([0, 2]);
    expect([...nms(row, Float32Array.of(0.7, 0.9, 0.8), { iouAbove: 0.3 })]).toEqual([1]);
    expect([...nms(row, Float32Array.of(0.7, 0.9, 0.8), { iouAbove: 0.34 })]).toEqual([1, 2, 0]);
  });

  it('keeps a box whose overlap is exactly the threshold', () => {
    const half = flatten([
      [0, 0, 10, 10],
      [0, 0, 5, 10], // IoU 1/2
    ]);
    expect([...nms(half, Float32Array.of(0.9, 0.8), { iouAbove: 0.5 })]).toEqual([0, 1]);
    expect([...nms(half, Float32Array.of(0.9, 0.8), { iouAbove: 0.49 })]).toEqual([0]);
  });

  it('lets boxes of unlike classes be', () => {
    const classes = Int32Array.of(1, 2, 1);
    expect([...nms(row, Float32Array.of(0.9, 0.8, 0.7), { iouAbove: 0.3, classes })]).toEqual([0, 1, 2]);
  });

  it('takes the first of equal scores', () => {
    expect([...nms(row, Float32Array.of(0.5, 0.5, 0.5), { iouAbove: 0.3 })]).toEqual([0, 2]);
  });

  it('ends when it has kept enough, and reads no score that is too low', () => {
    const scores = Float32Array.of(0.7, 0.9, 0.8);
    expect([...nms(row, scores, { iouAbove: 1, keep: 2 })]).toEqual([1, 2]);
    expect([...nms(row, scores, { iouAbove: 1, keep: 0 })]).toEqual([]);
    expect([...nms(row, scores, { iouAbove: 1, scoreAbove: 0.75 })]).toEqual([1, 2]);
    expect([...nms(row, Float64Array.of(0.75, 0.9, 0.8), { iouAbove: 1, scoreAbove: 0.75 })]).toEqual([1, 2]); // above, not at
    expect([...nms(new Float32Array(0), new Float32Array(0), { iouAbove: 0.5 })]).toEqual([]);
  });

  it('is the plain one, class by class, for 40 drawn sets with ties', () => {
    for (let set = 0; set < 40; set++) {
      const random = keyedRandom('nms', set);
      const count = 20 * set; // up to 780: more than it sorts at first
      const boxes = drawBoxes(count, random);
      const scores = drawScores(count, set % 2 === 0 ? 10 : 1e6, 'scores', set);
      const classes = Int32Array.from({ length: count }, () => Math.floor(random() * 3));
      const iouAbove = [0.1, 0.3, 0.5, 0.9][set % 4] ?? 0;
      const wanted = plainNms(boxes, scores, classes, iouAbove);
      expect([...nms(boxes, scores, { iouAbove, classes })], `set ${set}`).toEqual(wanted);
      expect([...nms(boxes, scores, { iouAbove, classes, keep: 7 })]).toEqual(wanted.slice(0, 7));
      const above = wanted.filter((i) => (scores[i] ?? 0) > 0.5);
      expect([...nms(boxes, scores, { iouAbove, classes, scoreAbove: 0.5 })]).toEqual(above);
    }
  });

  it('refuses what does not go together', () => {
    const scores = Float32Array.of(1, 1, 1);
    expect(() => nms(row, Float32Array.of(1), { iouAbove: 0.5 })).toThrow('3 boxes, 1 scores; give one a box');
    expect(() => nms(row, scores, { iouAbove: 0.5, classes: Int32Array.of(1) })).toThrow('3 scores and 1 classes');
    expect(() => nms(row, Float32Array.of(1, Number.NaN, 1), { iouAbove: 0.5 })).toThrow('score 1 is NaN');
    expect(() => nms(row, scores, { iouAbove: 45 })).toThrow('iouAbove is 45');
    expect(() => nms(row, scores, { iouAbove: 0.5, keep: -1 })).toThrow('keep is -1');
  });
});

describe('order', () => {
  const lists = [
    ...[0, 1, 2, 3, 300, 1500].map((count) => drawScores(count, 1e6, 'order', count)),
    ...[3, 40, 1500].map((count) => drawScores(count, 5, 'ties', count)),
    new Float64Array(1000), // all equal
    Float64Array.from({ length: 1000 }, (_, i) => i), // rising
    Float64Array.from({ length: 1000 }, (_, i) => -i), // falling
  ];

  it('finds the largest, of equals the first, without sorting the rest', () => {
    for (const scores of lists)
      for (const count of [0, 1, 2, 17, 400, 5000])
        expect([...largest(scores, count)]).toEqual(sorted(scores).slice(0, count));
  });

  it('goes down through all scores, part by part', () => {
    for (const scores of lists) expect([...descending(scores)]).toEqual(sorted(scores));
  });

  it('keeps a short list of a long one, in order', () => {
    for (const scores of lists)
      for (const limit of [1, 3, 100, Number.POSITIVE_INFINITY]) {
        const list = shortlist(limit, 0.2);
        scores.forEach((score, i) => {
          if (list.mayPass(Math.log(score))) list.offer(i, score);
        });
        const wanted = sorted(scores)
          .filter((i) => (scores[i] ?? 0) > 0.2)
          .slice(0, limit);
        const { items, scores: kept } = list.items();
        expect([...items]).toEqual(wanted);
        expect([...kept]).toEqual(wanted.map((i) => scores[i]));
      }
  });
});
