import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../src/core/random.ts';
import { promise, readerCases } from './cases.ts';
import { mutate } from './mutate.ts';

describe.each(readerCases)('$name', (reader) => {
  it('reads its whole files', async () => {
    for (const seed of reader.seeds) expect(await promise(reader, seed)).toBe('read');
  });

  it('meets a file cut at any byte, and 200 that were damaged, with a clear error or what is left', async () => {
    let refused = 0;
    const meet = async (bytes: Uint8Array) => {
      if ((await promise(reader, bytes)) === 'refused') refused++;
    };
    for (const seed of reader.seeds)
      for (let end = 0; end < seed.length; end += 1 + Math.floor(seed.length / 300)) await meet(seed.subarray(0, end));
    for (let i = 0; i < 200; i++) await meet(mutate(reader.seeds, reader.kind, keyedRandom('damage', reader.name, i)));
    expect(refused).toBeGreaterThan(0); // else nothing was damaged
  });
});
