import { expect, it } from 'vitest';
import { escapeText, short } from '../../src/picture/markup.ts';
import { xmlFaults } from './xml.ts';

it('escapes what is markup, in text and in attributes', () => {
  expect(escapeText(`<b a="1" b='2'>&`)).toBe('&#60;b a=&#34;1&#34; b=&#39;2&#39;&#62;&#38;');
});

it('drops what XML does not allow, and replaces half characters', () => {
  expect(escapeText('a\u0000\u0008b\n\uffff')).toBe('ab\n');
  expect(escapeText('😀\ud83d.')).toBe('😀\ufffd.');
});

it('writes hundredths of a pixel, and refuses what no viewer draws', () => {
  expect([short(1.005), short(-0.3333), short(12)]).toEqual(['1', '-0.33', '12']);
  expect(() => short(Number.NaN)).toThrow(/is NaN; boxes, points and sizes are finite/);
});

it('the tests can tell broken XML', () => {
  expect(xmlFaults('<a b="1"><c/>t&#60;</a>')).toEqual([]);
  for (const broken of ['<a>', '</a>', '<a b=1/>', '<a>&amp</a>', '<a b="1" b="2"/>', '<a b="<"/>', '<a>></a>'])
    expect(xmlFaults(broken), broken).not.toEqual([]);
});
