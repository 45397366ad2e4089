import { describe, expect, it } from 'vitest';
import { histogramSvg } from '../../src/picture/histogram.ts';
import { binned } from '../../src/picture/histogramBins.ts';
import { aspectHistogramSvg, heightHistogramSvg } from '../../src/picture/histogramBoxes.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
const shares = (values: readonly number[], scale: 'linear' | 'log', bins: number, range?: readonly [number, number]) =>
  binned('t', [{ name: 'a', values }], { scale, bins, ...(range && { range }) })[0]?.bins.map(({ share }) => share);

describe('bins', () => {
  it('hold values from their lower edge up to below the upper one, the last both', () => {
    expect(shares([0, 0.9, 1, 2], 'linear', 2)).toEqual([0.5, 0.5]);
  });
  it('have equal ratios on a logarithmic axis', () => {
    // edges 1, 10, 100
    expect(shares([1, 9, 11, 100], 'log', 2)).toEqual([0.5, 0.5]);
    expect(shares([1, 9, 11, 100], 'linear', 2)).toEqual([0.75, 0.25]);
  });
  it('take what is beyond the range in the outermost', () => {
    expect(shares([-5, 0.5, 99], 'linear', 2, [0, 1])).toEqual([1 / 3, 2 / 3]);
  });
  it('are there for no values, and for values that are all alike', () => {
    expect(shares([], 'log', 3)).toEqual([0, 0, 0]);
    expect(shares([7, 7], 'linear', 3)?.reduce((a, b) => a + b)).toBe(1);
  });
});

describe('the histogram', () => {
  it('has bars for one set and steps for several', () => {
    const one = histogramSvg([{ name: 'a', values: [1, 2, 3] }], { of: 'x' });
    const two = histogramSvg(
      [
        { name: 'a', values: [1, 2, 3] },
        { name: 'b', values: [2] },
      ],
      { of: 'x' },
    );
    expect([one.match(/data-fill="0"/g)?.length, two.match(/data-fill="0" fill="[^"]*" fill-opacity/g)]).toEqual([
      2,
      null,
    ]);
    expect(two.match(/class="line"[^>]* d="M[^h"]*"/g)).toHaveLength(2);
  });
  it('tells how many values there are, and the middle one', () => {
    expect(histogramSvg([{ name: 'a', values: [3, 1, 2] }], { of: 'x' })).toContain('3, median 2 · a');
  });
  it('marks the scales of the Caltech set where the heights reach them', () => {
    const svg = heightHistogramSvg([
      {
        name: 'a',
        boxes: [
          [0, 0, 20, 5],
          [0, 0, 60, 20],
          [5, 5, 5, 5],
        ],
      },
    ]);
    expect(svg).toContain('medium from 30');
    expect(svg).not.toContain('near from 80');
    expect(svg).toContain('2, median 60'); // a box without height has none
  });
  it('shows aspects as width over height', () => {
    expect(aspectHistogramSvg([{ name: 'a', boxes: [[0, 0, 100, 41]] }])).toContain('1, median 0.41');
  });
  it('is well-formed XML, whatever a set is called', () => {
    const marks = [{ at: 1.5, name: hostile }];
    const svg = histogramSvg([{ name: hostile, values: [1, 2] }], { of: hostile, title: hostile, marks });
    expect(xmlFaults(svg)).toEqual([]);
    expect(svg).not.toContain('<script');
  });
  it('says what it does not draw', () => {
    const draw = (values: number[], options = {}) => histogramSvg([{ name: 'a', values }], { of: 'x', ...options });
    expect(() => histogramSvg([], { of: 'x' })).toThrow(/sets is empty/);
    expect(() => draw([Number.NaN])).toThrow(/a value of 'a' is NaN/);
    expect(() => draw([0], { scale: 'log' })).toThrow(/a value of 'a' is 0/);
    expect(() => draw([1], { range: [2, 1] })).toThrow(/range is \[2, 1\]; it must rise/);
    expect(() => draw([1], { bins: 0 })).toThrow(/bins is 0/);
  });
});
