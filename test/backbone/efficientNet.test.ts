import { describe, expect, it } from 'vitest';
import { compoundScale, nearestFilters, roundFilters } from '../../src/backbone/compoundScale.ts';
import * as family from '../../src/backbone/efficientNet.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { complete } from '../../src/tfjs/abstract.ts';

describe('EfficientNet', () => {
  it("gives a level a stage with the ladder's strides", () => {
    const maps = complete(family.efficientNetB4({ strides: 'ladder' }), [1, 512, 640, 3]);
    expect(maps).toEqual({
      C1: [1, 256, 320, 24],
      C2: [1, 128, 160, 32],
      C3: [1, 64, 80, 56],
      C4: [1, 32, 40, 112],
      C5: [1, 16, 20, 160],
      C6: [1, 8, 10, 272],
      C7: [1, 4, 5, 448],
    });
  });
  it("gives the paper's seven stages by option", () => {
    const { features } = family.efficientNetB4({ maps: 'stage' });
    expect(Object.values(features).map(({ stride }) => stride)).toEqual([2, 4, 8, 16, 16, 32, 32]);
  });
  it('is built only as deep as it is read', () => {
    const shallow = family.efficientNetB0().until(['C2', 'C3']);
    expect(Object.keys(complete(shallow, [1, 64, 64, 3]))).toEqual(['C1', 'C2', 'C3']);
  });
  it('refuses factors that are not positive', () => {
    expect(() => family.efficientNet({ width: 0, depth: 1 })).toThrow(/width is 0/);
  });
});

describe('compound scaling', () => {
  it('starts at one and about doubles the work at each phi', () => {
    expect(compoundScale(0)).toEqual({ width: 1, depth: 1, resolution: 1 });
    const { width, depth, resolution } = compoundScale(1);
    expect(depth * width ** 2 * resolution ** 2).toBeCloseTo(1.92, 2); // 1.2 * 1.1^2 * 1.15^2
  });
  it('grows with the published rows', () => {
    const rows = family.efficientNetRows.slice(1, 8); // B1 to B7
    for (const [i, row] of rows.entries()) {
      expect(row.width).toBeLessThanOrEqual(compoundScale(i + 1).width * 1.1);
      expect(row.width).toBeGreaterThanOrEqual(rows[i - 1]?.width ?? 1);
    }
  });
  it('rounds channels to multiples of 8, never more than a tenth below', () => {
    expect([roundFilters(32, 1.4), roundFilters(16, 1.4), roundFilters(320, 1.4)]).toEqual([48, 24, 448]); // B4
  });
  it('of V2 rounds to the nearest, however far below', () => {
    expect([roundFilters(16, 1.2), nearestFilters(16, 1.2)]).toEqual([24, 16]); // 19.2; stage 1 of V2-B3 has 16
  });
});

describe('the pedestrian VGG', () => {
  it('keeps stride 8 through the stride-1 pool and ends with three maps of one size', () => {
    const wide = [1, 8, 10, 512];
    expect(complete(ssdVgg(), [1, 512, 640, 3])).toMatchObject({
      C3: [1, 64, 80, 512],
      C4: [1, 32, 40, 512],
      C5: [1, 16, 20, 512],
      C6: wide,
      C7: wide,
      C8: wide,
    });
  });
});
