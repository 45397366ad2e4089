import { describe, expect, it } from 'vitest';
import { fromThere, isShapeThere, type Layout, shapeThere, toThere } from '../../src/weights/layout.ts';

const count = (length: number) => Float32Array.from({ length }, (_, i) => i);
const at = (values: Float32Array, shape: readonly number[], index: readonly number[]) =>
  values[index.reduce((place, i, axis) => place * (shape[axis] ?? 1) + i, 0)];

/** Every index of a shape. */
function* indices([side, ...rest]: readonly number[]): Generator<number[]> {
  if (side === undefined) yield [];
  else for (let i = 0; i < side; i++) for (const inner of indices(rest)) yield [i, ...inner];
}

/** Where the number of ours at an index lies there: what each layout means, in the words of its library. */
const meanings: readonly [Layout, readonly number[], readonly number[], (index: readonly number[]) => number[]][] = [
  ['oihw', [3, 2, 5, 7], [7, 5, 3, 2], ([y = 0, x = 0, i = 0, o = 0]) => [o, i, y, x]],
  ['oihw', [1, 1, 70, 9], [9, 70, 1, 1], ([y = 0, x = 0, i = 0, o = 0]) => [o, i, y, x]],
  ['depthwise', [3, 5, 6, 1], [6, 1, 3, 5], ([y = 0, x = 0, c = 0]) => [c, 0, y, x]],
  ['transposed', [2, 2, 5, 3], [3, 5, 2, 2], ([y = 0, x = 0, o = 0, i = 0]) => [i, o, y, x]],
  ['oi', [70, 6], [6, 70], ([i = 0, o = 0]) => [o, i]],
  ['pointwise', [1, 1, 4, 3], [3, 4], ([, , i = 0, o = 0]) => [o, i]],
  ['flattened', [2, 3, 4, 5], [5, 24], ([y = 0, x = 0, i = 0, o = 0]) => [o, (i * 2 + y) * 3 + x]],
  ['dense', [4, 3], [3, 4, 1, 1], ([i = 0, o = 0]) => [o, i, 0, 0]],
  ['map', [4], [1, 4, 1, 1], ([c = 0]) => [0, c, 0, 0]],
  ['same', [2, 3], [2, 3], (index) => [...index]],
];

describe('a layout', () => {
  it.each(meanings)('%s of [%s] is [%s] there, number by number, both ways', (layout, ours, there, place) => {
    expect(shapeThere(layout, ours)).toEqual(there);
    expect(isShapeThere(layout, ours, there)).toBe(true);
    const theirs = count(ours.reduce((a, b) => a * b, 1));
    const here = fromThere(theirs, layout, ours);
    for (const index of indices(ours)) expect(at(here, ours, index)).toBe(at(theirs, there, place(index)));
    expect(toThere(here, layout, ours)).toEqual(theirs);
  });
  it('flat takes any shape of as many numbers as they lie', () => {
    expect(isShapeThere('flat', [1, 1, 2, 3], [6])).toBe(true);
    expect(isShapeThere('flat', [1, 1, 2, 3], [7])).toBe(false);
    expect(fromThere(count(6), 'flat', [1, 1, 2, 3])).toEqual(count(6));
  });
  it.each([
    ['oihw', [3, 4], /'oihw' is for weights of 4 axes, not of \[3,4\]/],
    ['depthwise', [3, 3, 4, 2], /one filter a channel/],
    ['pointwise', [3, 3, 4, 2], /one pixel/],
    ['map', [1, 2], /1 axis/],
  ] as const)('%s is refused for a weight of [%s]', (layout, ours, message) => {
    expect(() => shapeThere(layout, ours)).toThrow(message);
  });
});
