import { expect, it } from 'vitest';
import { plainCoder } from '../../src/detection/coder.ts';
import { readingOf } from '../../src/detection/reading.ts';

it('puts what was asked for before what the model says, field by field, and leaves the rest to SSD', () => {
  const rule = { activation: 'sigmoid', keep: 100 } as const;
  expect(readingOf({ rule, coder: plainCoder }, { keep: 5 })).toEqual({ ...rule, keep: 5, coder: plainCoder });
  expect(readingOf({}, { keep: 5 })).toEqual({ keep: 5 });
  expect(readingOf({})).toEqual({});
});
