import { describe, expect, it } from 'vitest';
import { areas, boxAt, clipBoxes, flatten } from '../../src/detection/boxes.ts';
import { fromCxcywh, fromXywh, fromXyxy, toCxcywh, toXywh, toXyxy } from '../../src/detection/boxForms.ts';
import {
  completeIou,
  coverage,
  distanceIou,
  generalizedIou,
  intersection,
  iou,
  overlaps,
} from '../../src/detection/overlaps.ts';

describe('boxes', () => {
  it('are height times width in area', () => {
    expect([...areas(Float32Array.of(0, 0, 2, 3, 10, 10, 14, 15))]).toEqual([6, 20]); // 2 * 3, 4 * 5
  });

  it('are clipped corner by corner: a box outside becomes a line or a point', () => {
    const boxes = Float32Array.of(-3, -5, 12, 10, 40, 90, 70, 120, 200, 200, 220, 210);
    expect([...clipBoxes(boxes, [60, 100])]).toEqual([0, 0, 12, 10, 40, 90, 60, 100, 60, 100, 60, 100]);
    expect(boxes[0]).toBe(-3); // what it was given stays
  });

  it('lie flat and come back one by one', () => {
    const flat = flatten([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect([...flat]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(boxAt(flat, 1)).toEqual([5, 6, 7, 8]);
    expect(() => boxAt(flat, 2)).toThrow('no box 2; there are 2');
  });

  it('are four numbers each, or the error says how many there are', () => {
    expect(() => areas(new Float32Array(6))).toThrow(RangeError);
    expect(() => clipBoxes(new Float32Array(6), [1, 1])).toThrow('clipBoxes: 6 numbers are no boxes');
    expect(() => overlaps(new Float32Array(4), new Float32Array(7))).toThrow('overlaps: b: 7 numbers');
  });

  it('go to every other form and back', () => {
    const box = [20, 10, 50, 90] as const; // 30 high, 80 wide
    expect(toXywh(box)).toEqual([10, 20, 80, 30]);
    expect(toXyxy(box)).toEqual([10, 20, 90, 50]);
    expect(toCxcywh(box)).toEqual([50, 35, 80, 30]);
    for (const back of [fromXywh(toXywh(box)), fromXyxy(toXyxy(box)), fromCxcywh(toCxcywh(box))])
      expect(back).toEqual(box);
  });
});

describe('overlaps', () => {
  const a = [0, 0, 10, 10] as const;
  const right = [0, 5, 10, 15] as const; // a moved by half its width
  const far = [0, 30, 10, 40] as const;

  it('share half of a box that moved by half', () => {
    expect(intersection(a, right)).toBe(50);
    expect(iou(a, right)).toBeCloseTo(1 / 3, 15); // 50 / (100 + 100 - 50)
    expect(coverage(a, right)).toBe(0.5);
    expect(coverage(a, [-5, -5, 50, 50])).toBe(1);
    expect(coverage([0, 0, 20, 20], a)).toBe(0.25); // of the first box
  });

  it('are 0 for boxes that touch, are apart, or have no area', () => {
    expect(iou(a, [10, 0, 20, 10])).toBe(0);
    expect(iou(a, far)).toBe(0);
    expect(iou([3, 3, 3, 9], [3, 3, 3, 9])).toBe(0);
    expect(coverage([3, 3, 3, 9], a)).toBe(0);
  });

  it('tell boxes apart that are apart, in the wider kinds', () => {
    expect(generalizedIou(a, far)).toBeCloseTo(-0.5, 15); // hull 400, of which 200 in neither
    expect(distanceIou(a, far)).toBeCloseTo(-900 / 1700, 15); // 30^2 over 10^2 + 40^2
    expect(completeIou(a, far)).toBe(distanceIou(a, far)); // both are square
    const wide = [0, 0, 10, 20] as const;
    const unlike = (4 / Math.PI ** 2) * (Math.atan(2) - Math.PI / 4) ** 2;
    expect(completeIou(a, wide)).toBeCloseTo(0.5 - 25 / 500 - unlike ** 2 / (0.5 + unlike), 12); // centres 5 apart, diagonal^2 500
    for (const kind of [iou, generalizedIou, distanceIou, completeIou]) expect(kind(a, a)).toBeCloseTo(1, 15);
  });

  it('make a matrix with a row for each box of the first', () => {
    const matrix = overlaps(flatten([a, far]), flatten([right, a, far]), intersection);
    expect([...matrix]).toEqual([50, 100, 0, 0, 0, 100]);
  });
});
