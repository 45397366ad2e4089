import { describe, expect, it } from 'vitest';
import { compoundScale, roundFilters } from '../../src/backbone/compoundScale.ts';
import * as family from '../../src/backbone/efficientNet.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { count } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';

// Parameters without head and classifier, batch-norm statistics of the same part (the published figure less twice the
// head's channels), channels of C1 to C5. @see automl/efficientdet, efficientnet_builder.py
const published = [
  {
    name: 'B0',
    make: family.efficientNetB0,
    parameters: 3_595_388,
    statistics: 42_016 - 2 * 1280,
    channels: [16, 24, 40, 112, 320],
  },
  {
    name: 'B1',
    make: family.efficientNetB1,
    parameters: 6_101_024,
    statistics: 62_048 - 2 * 1280,
    channels: [16, 24, 40, 112, 320],
  },
  {
    name: 'B2',
    make: family.efficientNetB2,
    parameters: 7_202_562,
    statistics: 67_568 - 2 * 1408,
    channels: [16, 24, 48, 120, 352],
  },
  {
    name: 'B3',
    make: family.efficientNetB3,
    parameters: 10_103_336,
    statistics: 87_296 - 2 * 1536,
    channels: [24, 32, 48, 136, 384],
  },
  {
    name: 'B4',
    make: family.efficientNetB4,
    parameters: 16_742_216,
    statistics: 125_200 - 2 * 1792,
    channels: [24, 32, 56, 160, 448],
  },
  {
    name: 'B5',
    make: family.efficientNetB5,
    parameters: 27_288_112,
    statistics: 172_736 - 2 * 2048,
    channels: [24, 40, 64, 176, 512],
  },
  {
    name: 'B6',
    make: family.efficientNetB6,
    parameters: 39_403_992,
    statistics: 224_432 - 2 * 2304,
    channels: [32, 40, 72, 200, 576],
  },
  {
    name: 'B7',
    make: family.efficientNetB7,
    parameters: 62_143_440,
    statistics: 310_720 - 2 * 2560,
    channels: [32, 48, 80, 224, 640],
  },
  {
    name: 'B8',
    make: family.efficientNetB8,
    parameters: 82_608_046,
    statistics: 380_032 - 2 * 2816,
    channels: [32, 56, 88, 248, 704],
  },
  {
    name: 'L2',
    make: family.efficientNetL2,
    parameters: 467_219_796,
    statistics: 1_090_688 - 2 * 5504,
    channels: [72, 104, 176, 480, 1376],
  },
] as const;

describe('EfficientNet', () => {
  it.each(published)(
    '$name has the published parameters and maps',
    ({ name, make, parameters, statistics, channels }) => {
      const backbone = make();
      const side = family.efficientNetRows.find((row) => row.name === name)?.resolution ?? 0;
      const maps = complete(backbone, [1, side, side, 3]);
      const cells = (stride: number) => Math.ceil(side / stride);
      expect(Object.values(maps)).toEqual(channels.map((c, i) => [1, cells(2 ** (i + 1)), cells(2 ** (i + 1)), c]));
      expect(Object.values(backbone.features)).toEqual(channels.map((c, i) => ({ channels: c, stride: 2 ** (i + 1) })));
      expect(count(backbone)).toEqual({ parameters, statistics });
    },
  );
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
