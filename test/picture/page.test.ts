import { describe, expect, it } from 'vitest';
import { drawingSvg } from '../../src/picture/drawing.ts';
import { pageHtml } from '../../src/picture/page.ts';

const hostile = `<script>alert("1")</script>&'`;
const svg = '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a &#38; b"><text>é % # 😀</text></svg>';
/** The SVG documents that are in a page's images. */
const images = (html: string) =>
  [...html.matchAll(/src="data:image\/svg\+xml,([^"]*)"/g)].map(([, source = '']) => decodeURIComponent(source));

describe('a page', () => {
  it('needs nothing from elsewhere, and runs nothing', () => {
    const drawing = drawingSvg({ width: 9, height: 9, image: Uint8Array.of(0xff, 0xd8), detections: [] });
    const html = pageHtml({ title: 't', figures: [svg], gallery: [{ svg: drawing, caption: 'c' }] });
    expect(html).not.toMatch(/(src|href)="(?!data:|#)|url\(|@import|<script|<link/);
  });
  it('holds its pictures whole, and says what they show', () => {
    const html = pageHtml({ title: 't', figures: [svg], gallery: [{ svg: `${svg}\ud800`, caption: 'c' }] });
    expect(images(html)).toEqual([svg, `${svg}\ufffd`]);
    expect(html).toContain('alt="a &#38; b"');
  });
  it('never takes names for markup', () => {
    const html = pageHtml({
      title: hostile,
      lead: hostile,
      facts: [[hostile, hostile]],
      settings: [[hostile, hostile]],
      figures: [hostile],
      gallery: [{ svg: hostile, caption: hostile }],
    });
    expect(html).not.toMatch(/<script|alert\("/);
  });
  it('explains the lines that its drawings have, and no others', () => {
    const box = [1, 1, 5, 5] as const;
    const drawing = drawingSvg({ width: 9, height: 9, detections: [{ box, score: 1, label: 'person' }] });
    const key = (html: string) => [...html.matchAll(/<\/svg>([^<]*)<\/li>/g)].map(([, text]) => text);
    expect(key(pageHtml({ title: 't', gallery: [{ svg: drawing, caption: 'c' }] }))).toEqual(['found']);
    expect(key(pageHtml({ title: 't', gallery: [{ svg, caption: 'c' }] }))).toEqual([]);
  });
  it('leaves out what it is not given', () => {
    const html = pageHtml({ title: 't' });
    expect(html).not.toMatch(/<table|<section|<p>|undefined|false/);
  });
});
