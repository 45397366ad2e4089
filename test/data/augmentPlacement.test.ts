import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/core/annotation.ts';
import { compose, intersect, inverse, placeBox } from '../../src/data/placement.ts';

const halved = { scaleY: 0.5, scaleX: 0.25, offsetY: 3, offsetX: -2 };
const mirrored = { scaleY: 1, scaleX: -1, offsetY: 0, offsetX: 100 };
const box: Box = [10, 20, 30, 60];

describe('a placement', () => {
  it('scales a box, then shifts it', () => {
    expect(placeBox(box, halved)).toEqual([8, 3, 18, 13]); // 10 / 2 + 3, 20 / 4 - 2, 30 / 2 + 3, 60 / 4 - 2
  });

  it('mirrors a box with its corners in order', () => {
    expect(placeBox(box, mirrored)).toEqual([10, 40, 30, 80]); // 100 - 60, 100 - 20
  });

  it('is undone by its inverse, mirrored or not', () => {
    for (const placement of [halved, mirrored, compose(halved, mirrored)])
      expect(placeBox(placeBox(box, placement), inverse(placement))).toEqual(box); // powers of two and whole numbers: exact
  });

  it('composes: the second after the first', () => {
    expect(placeBox(box, compose(halved, mirrored))).toEqual(placeBox(placeBox(box, halved), mirrored));
    expect(compose(mirrored, mirrored)).toEqual({ scaleY: 1, scaleX: 1, offsetY: 0, offsetX: 0 });
  });
});

describe('boxes', () => {
  it('that touch share nothing', () => {
    expect(intersect(box, [30, 0, 40, 100])).toBeUndefined();
    expect(intersect(box, [29, 0, 40, 100])).toEqual([29, 20, 30, 60]);
  });
});
