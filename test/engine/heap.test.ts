import { describe, expect, it } from 'vitest';
import { heapOver } from '../../src/engine/run/heap.ts';

const memory = (pages = 1, maximum = 4) => new WebAssembly.Memory({ initial: pages, maximum });

describe('heapOver', () => {
  it('gives out parts that do not overlap, each at a multiple of 64', () => {
    const heap = heapOver(memory(), 4096);
    const taken = [100, 64, 1, 5000].map((bytes) => ({ at: heap.take(bytes, 'x'), bytes }));
    expect(taken.map(({ at }) => at % 64)).toEqual([0, 0, 0, 0]);
    expect(taken.map(({ at }) => at)).toEqual([4096, 4096 + 128, 4096 + 192, 4096 + 256]);
    expect(heap.used()).toBe(128 + 64 + 64 + 5056);
  });

  it('gives out again what was given back, joined with the gaps beside it', () => {
    const heap = heapOver(memory(), 0);
    const [a, b, c] = [heap.take(64, 'a'), heap.take(64, 'b'), heap.take(65_408, 'the rest of the page')];
    heap.give(a);
    heap.give(b);
    expect(heap.take(128, 'd')).toBe(a);
    expect(heap.used()).toBe(65_536);
    heap.give(c);
    expect(heap.used()).toBe(128);
    expect(heap.memory.buffer.byteLength).toBe(65_536);
  });

  it('gives what was given back to the next who asks for as much', () => {
    const heap = heapOver(memory(), 0);
    const [, b] = [heap.take(64, 'a'), heap.take(256, 'b'), heap.take(64, 'c')];
    heap.give(b);
    expect(heap.take(200, 'd')).toBe(b);
  });

  it('grows the memory by what is missing, and gives fresh views of it', () => {
    const heap = heapOver(memory(), 0);
    const before = heap.bytes();
    const at = heap.take(70_000, 'a map'); // more than the 65,536 of a page
    expect(heap.memory.buffer.byteLength).toBe(2 * 65_536);
    expect(heap.bytes()).not.toBe(before);
    heap.floats()[at / 4] = 3;
    expect(new Float32Array(heap.memory.buffer)[at / 4]).toBe(3);
  });

  it('says what does not fit, how much is taken and what to do, and takes nothing', () => {
    const heap = heapOver(memory(), 0);
    heap.take(65_536, 'weights');
    expect(() => heap.take(10 * 65_536, 'the arena')).toThrow(
      /the arena takes 0\.6 MB, and 0\.1 MB are taken already; the memory of 0\.1 MB cannot grow so far .* smaller inputs or batches/,
    );
    expect(heap.used()).toBe(65_536);
    expect(heap.take(65_536, 'a smaller arena')).toBe(65_536);
  });

  it('refuses to take back what it did not give', () => {
    expect(() => heapOver(memory(), 0).give(128)).toThrow('nothing was taken at 128');
  });
});
