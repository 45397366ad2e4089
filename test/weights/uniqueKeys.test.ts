import { expect, it } from 'vitest';
import { repeatedKey } from '../../src/weights/uniqueKeys.ts';

it.each([
  ['{"a":1,"b":{"a":[{"a":1},{"a":2}]},"c":"a"}', undefined],
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"a":{"x":1,"x":2}}', 'x'],
  ['[{"a":1},{"b":[],"b":2}]', 'b'],
  ['{"\\u0061":1,"a" : 2}', 'a'],
  ['{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\\\"}', undefined],
  ['["a","a"]', undefined],
] as const)('of %s the key that is there twice is %s', (json, key) => {
  expect(repeatedKey(json)).toBe(key);
});
