import { describe, expect, it } from 'vitest';
import type { Buffer, Command } from '../../src/engine/plan/emit.ts';
import { arenaOf, encode, type Section, section } from '../../src/engine/plan/section.ts';

const buffer = (bytes: number, name = 'x'): Buffer => ({ bytes, name });
const at = (of: Buffer, offset = 0) => ({ buffer: of, offset });
const uses = (...buffers: Buffer[]): Command => ({ code: 1, name: 'use', words: buffers.map((of) => at(of)) });

function sectionOf(commands: readonly Command[]): Section {
  const made = section();
  for (const command of commands) {
    made.steps.push({ ...command, place: '', shape: undefined });
    for (const word of command.words) if (typeof word === 'object' && 'buffer' in word) made.buffers.add(word.buffer);
  }
  return made;
}

describe('arenaOf', () => {
  it('puts a buffer where another was that nobody needs any more', () => {
    const [a, b, c] = [buffer(640), buffer(640), buffer(640)];
    const { bytes, offsets } = arenaOf(sectionOf([uses(a), uses(a, b), uses(b, c)]));
    expect(bytes).toBe(1280);
    expect(offsets.get(c)).toBe(offsets.get(a));
  });

  it('keeps apart what one command reads and writes', () => {
    const [a, b] = [buffer(64), buffer(64)];
    const { offsets } = arenaOf(sectionOf([uses(a, b)]));
    expect(offsets.get(a)).not.toBe(offsets.get(b));
  });

  it('keeps what is given from the start, and what is taken to the end', () => {
    const [input, middle, output, late] = [buffer(64, 'in'), buffer(64), buffer(64, 'out'), buffer(64)];
    const made = sectionOf([uses(middle), uses(input, output), uses(late)]);
    made.given.set({ kind: 'input', name: 'in', shape: [16], dtype: 'float32' }, at(input));
    made.taken.add(output);
    const { offsets } = arenaOf(made);
    expect(offsets.get(middle)).not.toBe(offsets.get(input));
    expect(offsets.get(late)).not.toBe(offsets.get(output));
  });

  it('leaves out buffers that lie elsewhere', () => {
    const [own, kept] = [buffer(64), buffer(64)];
    const made = sectionOf([uses(own, kept)]);
    made.buffers.delete(kept);
    expect(arenaOf(made)).toEqual({ bytes: 64, offsets: new Map([[own, 0]]) });
  });
});

describe('encode', () => {
  it('writes number, length in words and the words of each command', () => {
    const a = buffer(64);
    const words = encode(
      [
        { code: 7, name: 'first', words: [at(a, 16), 5, { float: 0.5 }, undefined] },
        { code: 8, name: 'second', words: [] },
      ],
      () => 1024,
    );
    expect([...words]).toEqual([7, 6, 1040, 5, 0x3f000000 /* 0.5 */, 0, 8, 2]);
  });

  it('writes addresses beyond 2 GiB as the same 32 bits', () => {
    const [word] = encode([{ code: 0, name: '', words: [at(buffer(4))] }], () => 3 * 2 ** 30).subarray(2);
    expect((word ?? 0) >>> 0).toBe(3 * 2 ** 30);
  });
});
