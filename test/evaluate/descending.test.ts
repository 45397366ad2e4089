import { describe, expect, it } from 'vitest';
import { descending } from '../../src/evaluate/descending.ts';
import { uniform } from './crowdScenes.ts';

describe('the order of scores', () => {
  it.each([3, 511, 512, 5000])('is that of a stable sort, of %d', (count) => {
    const u = uniform(count);
    const special = [0, -0, 1, -1, 1e-300, -1e-300, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE];
    const scores = Float64Array.from({ length: count }, () => {
      const kind = u();
      if (kind < 0.3) return Math.round(10 * u()) / 10; // many are equal
      if (kind < 0.5) return special[Math.floor(u() * special.length)] ?? 0;
      return (u() - 0.5) * 10 ** Math.round(40 * u() - 20);
    });
    const places = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    expect([...descending(scores)]).toEqual(places);
  });
  it('is of the first ones where only so many are asked for', () => {
    expect([...descending(Float64Array.of(1, 3, 2, 9), 3)]).toEqual([1, 2, 0]);
  });
});
