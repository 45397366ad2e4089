import { expect, it } from 'vitest';
import { classNames } from '../../src/detection/classNames.ts';

it('names classes by their number where there are no names', () => {
  expect(classNames('ssd300', { labels: ['person', 'cyclist'] })).toEqual(['person', 'cyclist']);
  expect(classNames('ssd300', { classes: 3 })).toEqual(['1', '2', '3']);
});
it('refuses no classes, parts of one, and a name that is there twice', () => {
  expect(() => classNames('ssd300', { labels: [] })).toThrow('ssd300: labels are []; give at least one, none twice');
  expect(() => classNames('ssd300', { labels: ['a', 'a'] })).toThrow('ssd300: labels are [a,a]');
  for (const classes of [0, 1.5, Number.NaN])
    expect(() => classNames('ssd300', { classes })).toThrow(`ssd300: classes is ${classes}; give how many there are`);
});
