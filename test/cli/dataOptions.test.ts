import { expect, it } from 'vitest';
import { dataName, taken } from '../../src/cli/dataOptions.ts';

const read = (text: string) => {
  const { format, path, options } = dataName(text, ['voc', 'coco', 'folder']);
  return [format, path, Object.fromEntries(options)];
};

it('takes a format, a path and options apart', () => {
  expect(read('voc:a/b,split=test,corners=edges')).toEqual(['voc', 'a/b', { split: 'test', corners: 'edges' }]);
});
it('takes a path alone for the form of the library', () => {
  expect(read('a/b')).toEqual(['folder', 'a/b', {}]);
  expect(read('a/b,split=val')).toEqual(['folder', 'a/b', { split: 'val' }]);
});
it('leaves commas, colons and drives in the path', () => {
  expect(read('C:\\data')).toEqual(['folder', 'C:\\data', {}]);
  expect(read('voc:C:\\data')).toEqual(['voc', 'C:\\data', {}]);
  expect(read('voc:a,b,split=c=d')).toEqual(['voc', 'a,b', { split: 'c=d' }]);
  expect(read('a=b')).toEqual(['folder', 'a=b', {}]);
});
it('refuses what is no data set', () => {
  expect(() => read('x-y:a')).toThrow('there is no format x-y; there are voc, coco, folder');
  expect(() => read('voc:')).toThrow('names no path');
  expect(() => read('voc:a,split=b,split=c')).toThrow('has split twice');
});
it('refuses options and values that a format has not', () => {
  const given = dataName('voc:a,split=b', ['voc']);
  expect(() => taken(given, ['other'])).toThrow('voc has no option split; it has other');
  expect(() => taken(given, ['split']).word('split', ['train', 'val'])).toThrow(
    'split is b; it must be one of train, val',
  );
  expect(() => taken(given, ['split']).number('split')).toThrow('split is b; it must be a whole number');
  expect(() => taken(given, ['split', 'time']).needed('time', ['day', 'night'])).toThrow('voc needs time=day|night');
});
it('reads pairs of names', () => {
  const pairs = (text: string) => taken(dataName(`voc:a,rename=${text}`, ['voc']), ['rename']).pairs('rename');
  expect(pairs('pedestrian:person+sitting:person')).toEqual({ pedestrian: 'person', sitting: 'person' });
  for (const text of ['a', 'a:', ':b', 'a:b:c', '']) expect(() => pairs(text)).toThrow('it must be FROM:TO');
});
