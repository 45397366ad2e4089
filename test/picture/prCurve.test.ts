import { describe, expect, it } from 'vitest';
import { precisionPlaces, precisionRecallSvg } from '../../src/picture/prCurve.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'\u0000`;
const place = (recall: number, precision: number) => ({ recall, precision });
/** 400 wide from 56 to 456, 400 high from 16 to 416. */
const size = { width: 472, height: 464 };
const lines = (svg: string) => [...svg.matchAll(/class="line"[^>]* d="(M[^"h]*)"/g)].map(([, path]) => path);

describe('precision over recall', () => {
  it('stands where the shares say', () => {
    // 56 + 400 * .25 and 416 - 400 * .5
    const svg = precisionRecallSvg([{ name: 'one', curve: [place(0, 1), place(0.25, 0.5), place(1, 0)] }], size);
    expect(lines(svg)).toEqual(['M56 16L156 216L456 416']);
  });
  it('lists the greatest average precision first, and draws it on top', () => {
    const curve = [place(0, 1), place(1, 0.5)];
    const svg = precisionRecallSvg([
      { name: 'worse', averagePrecision: 0.4, curve },
      { name: 'better', averagePrecision: 0.8, curve },
    ]);
    expect(svg.match(/\d+\.\d+ % \w+(?=<title>)/g)).toEqual(['80.00 % better', '40.00 % worse']);
    expect(svg.lastIndexOf('stroke="#0072b2"')).toBeGreaterThan(0); // the first colour
    expect(svg.match(/class="line" data-colour="\d"/g)?.slice(0, 2)).toEqual([
      'class="line" data-colour="1"',
      'class="line" data-colour="0"',
    ]);
  });
  it('leaves out places that are half a pixel from the one before, but not the last', () => {
    const dense = Array.from({ length: 40_001 }, (_, i) => place(i / 40_000, 1 - i / 80_000));
    const [path = ''] = lines(precisionRecallSvg([{ name: 'dense', curve: dense }], size));
    expect(path.split('L').length).toBeLessThan(1300); // 600 pixels of way in steps of .5
    expect(path.endsWith('L456 216')).toBe(true);
  });
  it('is well-formed XML, whatever a detector is called', () => {
    const svg = precisionRecallSvg([{ name: hostile, curve: [] }], { title: hostile });
    expect(xmlFaults(svg)).toEqual([]);
    expect(svg).not.toContain('<script');
  });
  it('says what it does not draw', () => {
    expect(() => precisionRecallSvg([])).toThrow(/curves is empty/);
    expect(() => precisionRecallSvg([{ name: 'a', curve: [place(1.5, 0)] }])).toThrow(
      /a recall of 'a' is 1.5; it must be from 0 to 1/,
    );
    expect(() => precisionRecallSvg([{ name: 'a', curve: [place(0, Number.NaN)] }])).toThrow(/precision of 'a' is NaN/);
    expect(() => precisionRecallSvg([{ name: 'a', averagePrecision: 2, curve: [] }])).toThrow(/average precision .* 2/);
    expect(() => precisionRecallSvg([{ name: 'a', curve: [] }], { width: 10 })).toThrow(/10x440/);
  });
});

it('reads precision off the counts of a miss rate', () => {
  // of 4 objects in 10 images: a hit, a false one, a hit
  const curve = [
    { fppi: 0, missRate: 0.75 },
    { fppi: 0.1, missRate: 0.75 },
    { fppi: 0.1, missRate: 0.5 },
  ];
  expect(precisionPlaces({ images: 10, truths: 4, curve })).toEqual([
    place(0.25, 1),
    place(0.25, 1 / 2),
    place(0.5, 2 / 3),
  ]);
});
