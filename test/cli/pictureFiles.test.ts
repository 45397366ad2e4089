import { expect, it } from 'vitest';
import { pictureFiles } from '../../src/cli/pictureFiles.ts';

it('lays a picture below the folder, by its id without the ending', () => {
  expect([...pictureFiles('out', ['set00/V000/I00000', 'a.png', '-'], 'jpg').values()]).toEqual([
    'out/set00/V000/I00000.jpg',
    'out/a.jpg',
    'out/stdin.jpg',
  ]);
});
it.each(['../../etc/x', '/etc/x', 'a/../../x', 'C:\\etc\\x', '..\\x', 'a/./x'])('keeps %s in the folder', (id) => {
  expect([...pictureFiles('out', [id], 'svg').values()]).toEqual(['out/x.svg']);
});
it('puts what no name of a file may have in the place of a line', () => {
  expect([...pictureFiles('out', ['../a\nb\u0000c'], 'jpg').values()]).toEqual(['out/a_b_c.jpg']);
});
it('refuses two pictures of one file', () => {
  expect(() => pictureFiles('out', ['a.png', 'a.jpg'], 'jpg')).toThrow(
    'the pictures of a.png and a.jpg would both be out/a.jpg',
  );
});
