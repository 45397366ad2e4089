import { expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { between, chance, int, normal, pick, placeNoise } from '../../src/data/random.ts';

const many = <T>(draw: () => T): T[] => Array.from({ length: 20_000 }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it('int gives both ends of its range, and no more', () => {
  const random = keyedRandom('int');
  expect([...new Set(many(() => int(random, -1, 2)))].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

it('between and chance have the means of their laws', () => {
  const random = keyedRandom('between');
  expect(mean(many(() => between(random, 2, 6)))).toBeCloseTo(4, 1); // deviation 1.155 / sqrt(20,000) = .008
  expect(mean(many(() => Number(chance(random, 0.3))))).toBeCloseTo(0.3, 1);
});

it('normal has mean 0 and variance 1', () => {
  const random = keyedRandom('normal');
  const values = many(() => normal(random));
  expect(Math.abs(mean(values))).toBeLessThan(0.03); // four deviations of 1 / sqrt(20,000)
  expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(0.05);
});

it('pick refuses an empty list', () => {
  expect(() => pick(keyedRandom('pick'), [])).toThrow('pick: there is nothing to pick from');
});

it('placeNoise is even over [0, 1), and neighbours know nothing of each other', () => {
  const values = Array.from({ length: 20_000 }, (_, i) => placeNoise(7, i % 200, Math.floor(i / 200)));
  const tenths = values.reduce(
    (counts, value) => counts.with(Math.floor(10 * value), (counts[Math.floor(10 * value)] ?? 0) + 1),
    new Array<number>(10).fill(0),
  );
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(250); // deviation 42
  const products = values.slice(1).map((value, i) => (value - 0.5) * ((values[i] ?? 0) - 0.5));
  expect(Math.abs(mean(products))).toBeLessThan(0.003); // deviation 1 / 12 / sqrt(20,000) = .0006
});
