import { describe, expect, it } from 'vitest';
import { curveSvg } from '../../src/picture/curve.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
const point = (fppi: number, missRate: number) => ({ fppi, missRate });
/** 400 wide from 56 for 10^-3 to 10^1, 400 high from 16 for 1 down to 416 for .04. */
const size = { width: 472, height: 464 };
const draw = (...curve: { fppi: number; missRate: number }[]) =>
  curveSvg([{ name: 'one', logAverage: 0.3, curve }], size);
const lines = (svg: string) => [...svg.matchAll(/class="line"[^>]* d="([^"]*L[^"]*)"/g)].map(([, path]) => path);

describe('the curve', () => {
  it('puts points where logarithms do', () => {
    // 416 - 400 * (1 - ln .5 / ln .04) and for .1; .01 is at a quarter, 1 at three quarters
    expect(lines(draw(point(0.01, 0.5), point(1, 0.1)))).toEqual(['M156 102.14L356 302.14']);
  });
  it('begins at the left edge with the miss rate that is reached before', () => {
    expect(lines(draw(point(0, 1), point(0, 0.5), point(0.1, 0.5)))).toEqual(['M56 102.14L256 102.14']);
  });
  it('ends in a dot where there are no more detections, and is cut at the right edge', () => {
    expect(draw(point(0, 0.5), point(1, 0.5))).toContain('cx="356" cy="102.14"');
    const cut = draw(point(0, 0.5), point(1, 0.5), point(20, 0.1));
    expect(lines(cut)).toEqual(['M56 102.14L456 102.14']); // the step down is beyond
    expect(cut).not.toContain('<circle');
  });
  it('keeps the corners of a staircase only', () => {
    const stairs = [
      point(0.01, 0.5),
      point(0.02, 0.5),
      point(0.1, 0.5),
      point(0.1, 0.3),
      point(0.1, 0.1),
      point(1, 0.1),
    ];
    expect(lines(draw(...stairs))).toEqual(['M156 102.14L256 102.14L256 302.14L356 302.14']);
  });
  it("has the field's ticks, and lower ones for a detector that needs them", () => {
    const ticks = (svg: string) => [...svg.matchAll(/text-anchor="end">([^<]*)</g)].map(([, text]) => text);
    const field = ['.05', '.1', '.2', '.3', '.4', '.5', '.64', '.8', '1'];
    expect(ticks(draw(point(0.1, 0.2)))).toEqual(field);
    expect(ticks(draw(point(0.1, 0.01)))).toEqual(['.01', '.02', ...field]);
    expect(ticks(draw(point(0.1, 0)))).toEqual(field); // no logarithm: it leaves by the lower edge
    expect(lines(draw(point(0, 1), point(0.1, 1), point(0.1, 0)))).toEqual(['M56 16L256 16L256 416']);
  });
  it('is there for a detector that finds nothing', () => {
    const svg = curveSvg([{ name: 'nothing', logAverage: 1, curve: [] }]);
    expect([lines(svg), xmlFaults(svg)]).toEqual([[], []]);
    expect(svg).toContain('100.00 % nothing');
  });
});

describe('the legend', () => {
  it('lists the best detector first', () => {
    const svg = curveSvg([
      { name: 'worse', logAverage: 0.4, curve: [] },
      { name: 'better', logAverage: 0.2, curve: [] },
    ]);
    expect(svg.match(/\d+\.\d+ % \w+(?=<title>)/g)).toEqual(['20.00 % better', '40.00 % worse']);
  });
  it('stands below the plot where it would hide a curve', () => {
    const tall = (...curve: { fppi: number; missRate: number }[]) =>
      /viewBox="0 0 472 (\d+)"/.exec(draw(...curve))?.[1];
    expect(tall(point(0.01, 0.5))).toBe('464');
    expect(tall(point(0, 0.05))).toBe('498'); // 464 + 18 + 4 + 12
  });
  it('cuts a name that is too long, which its tooltip has whole', () => {
    const name = 'long '.repeat(40);
    const svg = curveSvg([{ name, logAverage: 0.3, curve: [] }]);
    expect(svg).toMatch(/30\.00 % (long )+[long]*…<title>/);
    expect(svg).toContain(`<title>${name}</title>`);
  });
  it('gives 30 detectors 30 kinds of line, and neighbours other colours and other dashes', () => {
    const svg = curveSvg(Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, logAverage: i / 30, curve: [] })));
    const looks = [...svg.matchAll(/data-colour="(\d)" stroke="#\w+"([^/]*?) d="[^"]*h32"/g)];
    expect(new Set(looks.map(([, colour, dash]) => `${colour} ${dash}`)).size).toBe(30);
    for (const [i, [, colour, dash]] of looks.slice(1).entries())
      expect([colour === looks[i]?.[1], dash === looks[i]?.[2]]).toEqual([false, false]);
  });
  it('stands in columns below where it is higher than the plot', () => {
    const svg = curveSvg(Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, logAverage: i / 30, curve: [] })));
    // 560 - 16 - 56 wide; entries of 8 or 9 letters and 54 pixels: 3 columns of 10 rows, 440 + 10 * 18 + 4 + 12
    expect(/viewBox="0 0 560 (\d+)"/.exec(svg)?.[1]).toBe('636');
  });
  it('keeps the line that a detector is given, whatever its rank', () => {
    const svg = curveSvg([
      { name: 'worse', logAverage: 0.4, curve: [], line: 0 },
      { name: 'better', logAverage: 0.2, curve: [], line: 1 },
    ]);
    const entries = [...svg.matchAll(/data-colour="(\d)"[^>]*h32"\/><text[^>]*>[\d.]+ % (\w+)/g)];
    expect(entries.map(([, colour, name]) => [colour, name])).toEqual([
      ['1', 'better'],
      ['0', 'worse'],
    ]);
  });
});

it('is well-formed XML, whatever a detector is called', () => {
  const svg = curveSvg([{ name: hostile, logAverage: 0.3, curve: [point(0.01, 0.5)] }], { title: hostile });
  expect(xmlFaults(svg)).toEqual([]);
  expect(svg).not.toContain('<script');
});

it('says what it does not draw', () => {
  expect(() => curveSvg([])).toThrow(/curves is empty/);
  expect(() => draw(point(Number.NaN, 1))).toThrow(/'one' has NaN false positives/);
  expect(() => curveSvg([{ name: 'a', logAverage: Number.NaN, curve: [] }])).toThrow(/'a' has .* miss rate of NaN/);
  expect(() => curveSvg([{ name: 'a', logAverage: 1, curve: [] }], { width: 20 })).toThrow(/20x440 .* 300x200 or more/);
});
