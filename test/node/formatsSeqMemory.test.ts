import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/data/byteSource.ts';
import { openSeq } from '../../src/data/seq.ts';
import { seqIndex } from '../../src/data/seqIndex.ts';
import { writeSeq } from '../../src/data/seqWrite.ts';
import { fileSource } from '../../src/node/files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pyramidion-seq-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tenGigabytes = 10 * 2 ** 30;
const megabytes = (bytes: number) => bytes / 2 ** 20;

/** A header of so many frames, the rest of the file a hole. */
async function sparse(name: string, codec: 'jpeg' | 'bgr', frames: number) {
  const path = join(folder, name);
  const header = writeSeq([], { width: 640, height: 480, codec });
  new DataView(header.buffer).setUint32(572, frames, true);
  const file = await open(path, 'w');
  await file.write(header, 0, header.length, 0);
  await file.truncate(tenGigabytes);
  return { path, file };
}

describe('a .seq of 10 GB', () => {
  it('of raw frames is read at any place in less than 200 MB, its pixels right', async () => {
    const frameBytes = 922_112; // of 640x480, as in the files of the Caltech data set
    const frames = Math.floor((tenGigabytes - 1024) / frameBytes);
    const { path, file } = await sparse('raw.seq', 'bgr', frames);
    const wanted = [0, 5000, frames - 1];
    for (const index of wanted) await file.write(Uint8Array.of(index % 251, 7), 0, 2, 1024 + index * frameBytes);
    await file.close();
    const before = process.memoryUsage().rss;
    const seq = await openSeq(await fileSource(path));
    expect(await seq.count()).toBe(11_644); // (10 * 2^30 - 1024) / 922112
    for (const index of wanted) {
      const { bytes } = await seq.frame(index);
      expect([bytes[0], bytes[1], bytes.length]).toEqual([index % 251, 7, 921_600]);
    }
    expect(megabytes(process.memoryUsage().rss - before)).toBeLessThan(200);
  });

  it('of compressed frames, whose number it does not know, is scanned to its end in less than 200 MB', async () => {
    const length = 2_600_000; // of a frame: 4,130 of them; as large as the reader believes of 640x480
    const frames = Math.floor((tenGigabytes - 1024) / (length + 16));
    const { path, file } = await sparse('jpeg.seq', 'jpeg', 0);
    const start = new Uint8Array(8);
    new DataView(start.buffer).setUint32(0, length, true);
    start.set([0xff, 0xd8], 4);
    for (let i = 0; i < frames; i++) {
      start[7] = i % 251;
      await file.write(start, 0, 8, 1024 + i * (length + 16));
    }
    await file.close();
    expect((await stat(path)).blocks * 512).toBeLessThan(100 * 2 ** 20); // the rest is a hole, on this file system too
    const before = process.memoryUsage().rss;
    const seq = await openSeq(await fileSource(path));
    expect(await seq.count()).toBe(4129); // (10 * 2^30 - 1024) / 2600016
    for (const index of [frames - 1, 0, 2000]) expect((await seq.frame(index)).bytes[3]).toBe(index % 251);
    expect(megabytes(process.memoryUsage().rss - before)).toBeLessThan(200);
  });
});

describe('the index of a .seq', () => {
  it('remembers no more places than it may, and still finds every frame', () => {
    const index = seqIndex(8);
    for (let i = 0; i < 1000; i++) index.add({ offset: 10 * i, length: 1 });
    expect(index.count()).toBe(1000);
    for (const i of [0, 1, 500, 999]) {
      const { index: at, place } = index.before(i);
      expect(place.offset).toBe(10 * at);
      expect(at).toBeLessThanOrEqual(i);
      expect(i - at).toBeLessThan(256); // 1000 places, 8 remembered: every 128th or 256th
    }
    expect(() => index.before(5000)).toThrow('frame 5000 was not added; there are 1000');
  });

  it('refuses a frame that is larger than its image can be, before it is read', async () => {
    const bytes = writeSeq([{ bytes: Uint8Array.of(0xff, 0xd8, 1) }], { width: 4, height: 2, codec: 'jpeg' });
    const large = { size: 2 ** 32, read: (offset: number, length: number) => bytesSource(bytes).read(offset, length) };
    new DataView(bytes.buffer).setUint32(1024, 2 ** 31, true);
    const seq = await openSeq(large, { name: 'f' });
    await expect(seq.frame(0)).rejects.toThrow(
      /f: frame 0, at byte 1028, has 2147483644 bytes; an image of 2x4 has at most/,
    );
  });
});
