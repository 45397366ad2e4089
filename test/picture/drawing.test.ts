import { describe, expect, it } from 'vitest';
import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import { matchImage } from '../../src/evaluate/matching.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { dataUri } from '../../src/picture/dataUri.ts';
import { drawingSvg } from '../../src/picture/drawing.ts';
import { xmlFaults } from './xml.ts';

const box = [10, 20, 50, 40] as const;
const detection: Detection = { box, score: 0.876, label: 'person' };
const size = { width: 100, height: 80 };
/** What is drawn, from the bottom: the kind and its left edge. */
const drawn = (svg: string) =>
  [...svg.matchAll(/data-kind="(\w+)" x="([\d.]+)"/g)].map(([, kind, x]) => `${kind} ${x}`);
const letters = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
const at = (x: number): Box => [10, x, 50, x + 10];

describe('a drawing', () => {
  it("tells hits, false detections, misses and what counts neither way apart, by a match's own numbers", () => {
    const truths: Annotation[] = [
      { box: at(0), label: 'person' },
      { box: at(20), label: 'person' },
      { box: at(40), label: 'people', ignore: 'group' },
      { box: at(60), label: 'car' },
    ];
    const detections: Detection[] = [
      { box: at(80), score: 0.9, label: 'person' },
      { box: at(40), score: 0.8, label: 'person' },
      { box: at(0), score: 0.7, label: 'person' },
    ];
    const matches = matchImage({ truths, detections }, plainProtocol);
    const svg = drawingSvg({ ...size, truths, detections, matches });
    expect(drawn(svg)).toEqual([
      'ignored 40',
      'uncounted 60',
      'uncounted 40',
      'truth 0',
      'missed 20',
      'false 80',
      'hit 0',
    ]);
    expect(letters(svg)).toEqual(['missed', '0.70', '0.80', '× 0.90']);
    expect(svg).toContain('aria-label="3 detections, 4 marked, 1 missed"');
  });
  it('takes detections for hits and objects for objects where nothing is known', () => {
    expect(drawn(drawingSvg({ ...size, detections: [detection], truths: [detection] }))).toEqual([
      'truth 20',
      'hit 20',
    ]);
  });
  it('puts the best detection on top, and class names on labels where there are several', () => {
    expect(letters(drawingSvg({ ...size, detections: [detection, { ...detection, score: 0.2 }] }))).toEqual([
      '0.20',
      '0.88',
    ]);
    const two = [detection, { ...detection, label: 'rider & horse' }];
    expect(letters(drawingSvg({ ...size, detections: two }))).toEqual(['person 0.88', 'rider &#38; horse 0.88']);
  });
  it('keeps labels inside of the image', () => {
    const svg = drawingSvg({ ...size, scale: 1, detections: [{ ...detection, box: [0, 95, 9, 100] }] });
    expect(svg).toContain('<rect x="68.2" y="0" width="31.8" height="14"'); // 4 letters of 6.7, and 5
  });
  it('hatches ignored regions between their edges', () => {
    const svg = drawingSvg({ ...size, scale: 1, truths: [{ box: [0, 0, 12, 12], label: 'people', ignore: 'group' }] });
    expect(svg).toContain('d="M0 8L8 0M4 12L12 4"'); // each 8 pixels on the sum of the sides
    const wide = drawingSvg({ ...size, truths: [{ box: [0, 0, 1e6, 1e6], label: 'sky', ignore: 'all' }] });
    expect(wide.length).toBeLessThan(60_000);
  });
  it('has no names that another drawing in a page could have too', () => {
    expect(drawingSvg({ ...size, truths: [{ box, label: 'people', ignore: 'group' }] })).not.toMatch(
      / id=|<style|url\(/,
    );
  });
  it('is well-formed XML, whatever a class is called', () => {
    const odd = { ...detection, label: '<script>"&\u0001' };
    expect(
      xmlFaults(drawingSvg({ ...size, image: Uint8Array.of(0xff, 0xd8, 1), detections: [odd, detection] })),
    ).toEqual([]);
  });
  it('says what it does not draw', () => {
    expect(() => drawingSvg({ width: 0, height: 5 })).toThrow(/0x5 pixels; both sides must be more than 0/);
    expect(() => drawingSvg({ ...size, detections: [{ ...detection, box: [0, 0, Number.NaN, 1] }] })).toThrow(/NaN/);
  });
});

describe('an image as a URI', () => {
  it('is JPEG or PNG in base64', () => {
    expect(dataUri(Uint8Array.of(0xff, 0xd8, 1))).toBe('data:image/jpeg;base64,/9gB');
    expect(dataUri(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe('data:image/png;base64,iVBORw==');
  });
  it('may have any length', () => {
    const bytes = Uint8Array.from({ length: 0x8000 * 2 + 5 }, (_, i) => (i < 2 ? [0xff, 0xd8][i] : i) ?? 0);
    expect(Buffer.from(dataUri(bytes).split(',')[1] ?? '', 'base64').equals(bytes)).toBe(true);
  });
  it('is nothing else', () => {
    expect(() => dataUri(Uint8Array.of(0x3c, 0x73))).toThrow(/an image of 2 bytes begins with 60, 115/);
    expect(() => dataUri(new Uint8Array())).toThrow(/of 0 bytes begins with nothing/);
  });
});
