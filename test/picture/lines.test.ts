import { describe, expect, it } from 'vitest';
import { linesSvg, type Series } from '../../src/picture/lines.ts';
import { xmlFaults } from './xml.ts';

const falling: Series = {
  name: 'fpn',
  points: [
    [0, 8],
    [10, 4],
    [20, 2],
  ],
};
const named = { across: 'step', up: 'loss' };
/** Places of the lines, pixels. */
const paths = (svg: string) =>
  [...svg.matchAll(/class="line"[^>]* d="([^"]*)"/g)].map(([, d = '']) =>
    d
      .split(/[ML]/)
      .slice(1)
      .map((place) => place.split(' ').map(Number)),
  );

describe('lines', () => {
  it('go through their points, from the least to the greatest', () => {
    const [[a, b, c] = []] = paths(linesSvg([falling], named));
    const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = [], [cx = 0, cy = 0] = []] = [a, b, c];
    expect(bx - ax).toBeCloseTo(cx - bx, 0);
    expect((by - ay) / (cy - ay)).toBeCloseTo(4 / 6, 2);
  });
  it('on a logarithmic axis fall as far for each halving', () => {
    const [[a, b, c] = []] = paths(linesSvg([falling], { ...named, scale: 'log' }));
    expect((b?.[1] ?? 0) - (a?.[1] ?? 0)).toBeCloseTo((c?.[1] ?? 0) - (b?.[1] ?? 0), 0);
  });
  it('stay in the range that is given', () => {
    const [[a, , c] = []] = paths(linesSvg([falling], { ...named, range: [3, 5] }));
    const [[top, , bottom] = []] = paths(
      linesSvg(
        [
          {
            ...falling,
            points: [
              [0, 5],
              [10, 4],
              [20, 3],
            ],
          },
        ],
        { ...named, range: [3, 5] },
      ),
    );
    expect([a?.[1], c?.[1]]).toEqual([top?.[1], bottom?.[1]]);
  });
  it('have a legend with the last value, or what is given', () => {
    const svg = linesSvg([falling, { name: 'bifpn', points: [[0, 1]], figure: 'once' }], named);
    expect(svg).toContain('2 · ');
    expect(svg).toContain('once · ');
    expect(paths(svg)).toHaveLength(4); // two, and their signs in the legend
  });
  it('are XML, whatever their names, and of values that are all alike', () => {
    const svg = linesSvg(
      [
        {
          name: `<b>&"'`,
          points: [
            [3, 7],
            [3, 7],
          ],
        },
      ],
      { ...named, title: '<i>' },
    );
    expect(xmlFaults(svg)).toEqual([]);
    expect(svg).not.toContain('NaN');
  });
  it.each([
    ['no series', [], {}, /series is empty/],
    ['no points', [{ name: 'a', points: [] }], {}, /points of 'a' is empty/],
    ['what is not finite', [{ name: 'a', points: [[0, Number.NaN]] }], {}, /a y of 'a' is NaN/],
    ['a zero on a logarithmic axis', [{ name: 'a', points: [[0, 0]] }], { scale: 'log' }, /a y of 'a' is 0/],
    ['a range that does not rise', [falling], { range: [2, 2] }, /range is 2 to 2/],
    ['too small a size', [falling], { width: 100 }, /100x/],
  ] as const)('say what is wrong with %s', (_, series, options, words) => {
    expect(() => linesSvg(series as readonly Series[], { ...named, ...options })).toThrow(words);
  });
});
