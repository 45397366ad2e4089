import { describe, expect, it } from 'vitest';
import { crowdHuman } from '../../src/evaluate/crowdHuman.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';
import { jaccardIndex } from '../../src/evaluate/jaccardIndex.ts';
import { maxWeightMatching, type WeightedPair } from '../../src/evaluate/maxWeightMatching.ts';
import { benchmarkProtocol } from '../../src/evaluate/protocols.ts';
import { crowdScenes, uniform } from './crowdScenes.ts';

describe("CrowdHuman's figures", () => {
  const masks = (images: readonly EvaluatedImage[]) =>
    images.map((image) => ({
      ...image,
      truths: image.truths.map((truth) => (truth.ignore === undefined ? truth : { ...truth, label: 'mask' })),
    }));
  it("are those of the authors' program, for 40 crowded images", () => {
    const result = crowdHuman(masks(crowdScenes(40, 11)));
    // CrowdDet, lib/evaluate: compute_APMR and compute_JI of the same boxes, as .odgt
    expect([result.missRate.truths, result.missRate.detections]).toEqual([209, 280]);
    expect(result.MR).toBeCloseTo(0.9425251332388732, 12);
    expect(result.AP).toBeCloseTo(0.2180103377254986, 12);
    const jaccard = [
      0.2780718315324756, 0.2812301336013732, 0.28735207533304935, 0.2830661026332942, 0.24683845738299823,
      0.24328623838894323, 0.20045872015898908, 0.15115907317808017, 0.07634060868426826, 0.03138527595476465,
    ];
    for (const [i, { score, value }] of result.jaccard.entries()) {
      expect(score).toBe(i / 10);
      expect(Math.abs(value - (jaccard[i] ?? 0))).toBeLessThan(1e-9); // areas without the program's 1e-6
    }
    expect(result.JI).toBe(result.jaccard[2]?.value);
  });
  it('leave out of the mean images with nothing in them', () => {
    const protocol = benchmarkProtocol('CrowdHuman', 'Full body');
    const image: EvaluatedImage = {
      size: [100, 100],
      truths: [{ box: [10, 10, 50, 30], label: 'person' }],
      detections: [{ box: [10, 10, 50, 30], label: 'person', score: 0.5 }],
    };
    const values = jaccardIndex([image, { size: [100, 100], truths: [], detections: [] }], protocol);
    // scores above .5 alone are looked at; then nothing is found of the one person
    expect(values.map(({ value }) => value)).toEqual([...Array(5).fill(expect.closeTo(1, 5)), ...Array(5).fill(0)]);
    expect(() => jaccardIndex([], protocol)).toThrow(/images is empty/);
  });
});

describe('the matching of the greatest weight', () => {
  it('prefers two pairs to a better one, and one to two that are worse together', () => {
    const pair = (row: number, column: number, weight: number) => ({ row, column, weight });
    const three = [pair(0, 0, 0.9), pair(0, 1, 0.6), pair(1, 0, 0.6)];
    expect(maxWeightMatching(three)).toEqual([pair(0, 1, 0.6), pair(1, 0, 0.6)]);
    expect(maxWeightMatching([pair(0, 0, 0.9), pair(0, 1, 0.3), pair(1, 0, 0.3)])).toEqual([pair(0, 0, 0.9)]);
    expect(maxWeightMatching([])).toEqual([]);
  });
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the best of all, tried one by one (%d)', (seed) => {
    const u = uniform(seed);
    const pairs: WeightedPair[] = [];
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 4; column++) if (u() < 0.6) pairs.push({ row, column, weight: u() });
    const best = (left: readonly WeightedPair[]): number => {
      const [first, ...rest] = left;
      if (first === undefined) return 0;
      const free = rest.filter(({ row, column }) => row !== first.row && column !== first.column);
      return Math.max(best(rest), first.weight + best(free));
    };
    const found = maxWeightMatching(pairs);
    expect(found.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(best(pairs), 12);
    expect(new Set(found.map(({ row }) => row)).size).toBe(found.length);
    expect(new Set(found.map(({ column }) => column)).size).toBe(found.length);
  });
});
