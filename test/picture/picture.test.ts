import { describe, expect, it } from 'vitest';
import { curveSvg } from '../../src/picture/curve.ts';
import { dataUri, drawingSvg } from '../../src/picture/drawing.ts';
import { escapeText } from '../../src/picture/markup.ts';
import { pageHtml } from '../../src/picture/page.ts';

const hostile = `<script>alert("1")</script>&'`;
const curve = [
  { fppi: 0.01, missRate: 0.5 },
  { fppi: 1, missRate: 0.1 },
];

describe('names', () => {
  it('never become markup', () => {
    const named = [
      curveSvg([{ name: hostile, logAverage: 0.3, curve }], { title: hostile }),
      drawingSvg({ width: 9, height: 9, detections: [{ box: [1, 1, 5, 5], score: 1, label: hostile }] }),
      pageHtml({
        title: hostile,
        lead: hostile,
        facts: [[hostile, hostile]],
        gallery: [{ svg: '<svg/>', caption: hostile }],
      }),
    ];
    for (const text of named) expect(text).not.toMatch(/<script|alert\("/);
  });
  it('lose what XML does not allow', () => {
    expect(escapeText('a\u0000\u0008b\n<')).toBe('ab\n&#60;');
  });
});

describe('the curve', () => {
  it("puts the field's points where logarithms do", () => {
    const svg = curveSvg([{ name: 'one', logAverage: 0.3, curve }], { width: 472, height: 464 });
    // 400 wide from 56 for 10^-3 to 10^1, 400 high from 16 for 1 down to 416 for .04
    expect(svg).toContain('M56 102.14L156 102.14L356 302.14'); // log(.5) / log(.04) and log(.1) / log(.04) of the height
  });
  it('lists the best detector first', () => {
    const svg = curveSvg([
      { name: 'worse', logAverage: 0.4, curve },
      { name: 'better', logAverage: 0.2, curve },
    ]);
    expect(svg.indexOf('20.00 % better')).toBeLessThan(svg.indexOf('40.00 % worse'));
    expect(() => curveSvg([])).toThrow(/curves is empty/);
  });
});

describe('a drawing', () => {
  const box = [10, 20, 50, 40] as const;
  const detection = { box, score: 0.876, label: 'person' };
  it('draws hits, false detections, objects and ignored regions apart', () => {
    const svg = drawingSvg({
      width: 100,
      height: 80,
      detections: [detection, { ...detection, score: 0.2 }],
      hits: new Set([0]),
      truths: [
        { box, label: 'person' },
        { box, label: 'people', ignore: 'group' },
      ],
    });
    for (const kind of ['hit', 'false', 'truth', 'ignored'])
      expect(svg.split(`<rect class="${kind}" x="20" y="10" width="20" height="40"/>`), kind).toHaveLength(2);
    expect(svg).toContain('>person 0.88</text>');
  });
  it('holds its image, and takes nothing but JPEG and PNG', () => {
    expect(dataUri(Uint8Array.of(0xff, 0xd8, 1))).toBe('data:image/jpeg;base64,/9gB');
    expect(() => dataUri(Uint8Array.of(0x3c, 0x73))).toThrow(/begins with bytes 60, 115/);
  });
});

it('a page needs nothing from elsewhere', () => {
  const html = pageHtml({ title: 't', figures: ['<svg/>'], gallery: [{ svg: '<svg/>', caption: 'c' }] });
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
});
