import { expect, it } from 'vitest';
import { glyphOf, plainLetters } from '../../src/picture/drawFont.ts';

const picture = (letter: string) =>
  glyphOf(letter).map((bits) => bits.toString(2).padStart(5, '0').replaceAll('0', '.').replaceAll('1', '#'));

it('has another glyph for each letter of ASCII', () => {
  const all = Array.from({ length: 95 }, (_, i) => glyphOf(String.fromCharCode(32 + i)));
  expect(new Set(all.map(String)).size).toBe(95);
  for (const rows of all) {
    expect(rows).toHaveLength(9);
    expect(rows.every((bits) => bits >= 0 && bits < 32)).toBe(true);
  }
});
it('draws capitals in seven rows and lets others hang below', () => {
  expect(picture('A')).toEqual(['.###.', '#...#', '#...#', '#...#', '#####', '#...#', '#...#', '.....', '.....']);
  expect(picture('g')).toEqual(['.....', '.....', '.####', '#...#', '#...#', '#...#', '.####', '....#', '.###.']);
});
it('frames what it lacks, and spells what it can', () => {
  expect(picture('人').slice(0, 2)).toEqual(['#####', '#...#']);
  expect(plainLetters('Fußgänger, Łódź, señor × …')).toBe('Fussganger, Lodz, senor × …');
});
