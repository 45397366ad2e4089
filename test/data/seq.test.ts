import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../../src/data/byteSource.ts';
import { FormatError } from '../../src/data/formatError.ts';
import { imageSize } from '../../src/data/imageSize.ts';
import { readMat } from '../../src/data/mat.ts';
import { matNumbers, matVariable } from '../../src/data/matValue.ts';
import { openSeq } from '../../src/data/seq.ts';
import { seqImage } from '../../src/data/seqImage.ts';
import { writeSeq } from '../../src/data/seqWrite.ts';
import { sharedData } from './shared.ts';

/** Bytes that begin as a JPEG does; readers of a .seq look no further. */
const jpeg = (length: number, fill = 7) => {
  const bytes = new Uint8Array(length).fill(fill);
  bytes.set([0xff, 0xd8]);
  return bytes;
};
const size = { width: 4, height: 2 };
const noDecoder = () => Promise.reject(new Error('a raw frame needs no decoder'));

/** Tells how many bytes were read, and where. */
function watched(bytes: Uint8Array): ByteSource & { readonly reads: { offset: number; length: number }[] } {
  const reads: { offset: number; length: number }[] = [];
  const source = bytesSource(bytes);
  return {
    reads,
    size: source.size,
    read: (offset, length) => {
      reads.push({ offset, length });
      return source.read(offset, length);
    },
  };
}

/** A compressed .seq whose frames lie 8 bytes apart, which `writeSeq` does not write. */
function dense(frames: readonly Uint8Array[]): Uint8Array {
  const header = writeSeq([], { ...size, codec: 'jpeg' });
  new DataView(header.buffer).setUint32(572, frames.length, true);
  const parts = frames.flatMap((frame) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, frame.length + 4, true);
    return [...length, ...frame, 9, 0, 0, 0, 100, 0, 0, 0]; // second 9, millisecond 100
  });
  return Uint8Array.from([...header, ...parts]);
}

describe('openSeq', () => {
  it('finds frames of unequal length, again and again in any order', async () => {
    const frames = [jpeg(10, 1), jpeg(33, 2), jpeg(5, 3)].map((bytes, i) => ({ bytes, seconds: 1000 + i / 8 }));
    const seq = await openSeq(bytesSource(writeSeq(frames, { ...size, codec: 'jpeg' })));
    expect(seq.header).toMatchObject({ width: 4, height: 2, codec: 'jpeg', format: 201, frames: 3, version: 3 });
    const found = await Promise.all([2, 0, 1, 2].map(seq.frame));
    expect(found.map(({ bytes }) => bytes)).toEqual([2, 0, 1, 2].map((i) => frames[i]?.bytes));
    expect(found.map(({ seconds }) => seconds)).toEqual([1000.25, 1000, 1000.125, 1000.25]);
  });

  it('reads a file whose frames lie 8 bytes apart instead of 16', async () => {
    const frames = [jpeg(10, 1), jpeg(33, 2), jpeg(5, 3)];
    const seq = await openSeq(bytesSource(dense(frames)));
    const found = await Promise.all([0, 1, 2].map(seq.frame));
    expect(found.map(({ bytes }) => bytes)).toEqual(frames);
    expect(found[2]?.seconds).toBe(9.1);
  });

  it('counts the frames itself where the header does not know', async () => {
    for (const codec of ['jpeg', 'bgr'] as const) {
      const frame = codec === 'jpeg' ? jpeg(10) : new Uint8Array(24);
      const bytes = writeSeq([{ bytes: frame }, { bytes: frame }], { ...size, codec });
      new DataView(bytes.buffer).setUint32(572, 0, true);
      expect(await (await openSeq(bytesSource(bytes))).count()).toBe(2);
    }
  });

  it('reads only what a frame needs, and looks for each frame once', async () => {
    const frames = Array.from({ length: 50 }, () => ({ bytes: jpeg(10_000) }));
    const source = watched(writeSeq(frames, { ...size, codec: 'jpeg' }));
    const seq = await openSeq(source);
    await seq.frame(20);
    const before = source.reads.length;
    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1024 + 22 * 4 + 10_010 + 4);
    await seq.frame(3);
    expect(source.reads.length).toBe(before + 1);
  });

  it('gives raw pixels, blue first in the file, red first in the image', async () => {
    const bgr = Uint8Array.from({ length: 24 }, (_, i) => i);
    const seq = await openSeq(bytesSource(writeSeq([{ bytes: bgr }], { ...size, codec: 'bgr' })));
    const image = await seqImage(await seq.frame(0), seq.header, noDecoder, 'f');
    expect([...image.data.subarray(0, 6)]).toEqual([2, 1, 0, 5, 4, 3]);
    const mono = await openSeq(bytesSource(writeSeq([{ bytes: bgr.subarray(0, 8) }], { ...size, codec: 'mono' })));
    const grey = await seqImage(await mono.frame(0), mono.header, noDecoder, 'f');
    expect([...grey.data.subarray(0, 6)]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it.each<[string, (bytes: Uint8Array, view: DataView) => void, RegExp]>([
    [
      'another magic',
      (_, view) => view.setUint32(0, 1, true),
      /f\.seq: byte 0: the file begins with 0x1; a \.seq begins with 0xfeed/,
    ],
    ['another name', (bytes) => bytes.set([0x58], 4), /byte 4: the name is "Xorpix seq"/],
    ['a Bayer pattern', (_, view) => view.setUint32(568, 103, true), /format 103; it may be 100, 200, .* are not read/],
    ['a side of 0', (_, view) => view.setUint32(548, 0, true), /the image is 2x0; sides may be 1 to 32768/],
    ['more frames than bytes', (_, view) => view.setUint32(572, 1e9, true), /says 1000000000 frames but the file has/],
    ['a length of 3', (_, view) => view.setUint32(1024, 3, true), /frame 0, at byte 1024, gives its length as 3/],
    [
      'a length past the end',
      (_, view) => view.setUint32(1024, 9e8, true),
      /frame 0, at byte 1024, gives its length as 900000000/,
    ],
    [
      'a frame that is no JPEG',
      (bytes) => bytes.set([1, 2], 1028),
      /a jpeg frame begins with 255, 216; this one with 1, 2/,
    ],
  ])('says what is wrong with %s', async (_, damage, message) => {
    const bytes = writeSeq([{ bytes: jpeg(10) }, { bytes: jpeg(20) }], { ...size, codec: 'jpeg' });
    damage(bytes, new DataView(bytes.buffer));
    const failure = openSeq(bytesSource(bytes), { name: 'f.seq' }).then((seq) => seq.frame(0));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(FormatError);
  });

  it('names the frame at which a cut file ends, and still gives those before it', async () => {
    const bytes = writeSeq([{ bytes: jpeg(10) }, { bytes: jpeg(20) }, { bytes: jpeg(20) }], { ...size, codec: 'jpeg' });
    const seq = await openSeq(bytesSource(bytes.subarray(0, bytes.length - 30)), { name: 'f.seq' });
    expect((await seq.frame(1)).bytes.length).toBe(20);
    await expect(seq.frame(2)).rejects.toThrow(
      /f\.seq: frame 2, at byte \d+, gives its length as 24; it may be 5 to 10; was the file cut/,
    );
    await expect(seq.frame(3)).rejects.toThrow('f.seq: frame 3 is not there; the file has 3, from 0 on');
  });
});

describe('writeSeq', () => {
  it('pads as the files of the Caltech data set do', () => {
    const bytes = writeSeq([{ bytes: jpeg(10), seconds: 9.9 }], { width: 640, height: 480, codec: 'jpeg' });
    const view = new DataView(bytes.buffer);
    // Of peds30.seq: 640x480, 24 and 8 bits, 921,600 bytes of pixels, format 201, 922,112 bytes of a raw frame.
    expect([548, 552, 556, 560, 564, 568, 572, 576, 580].map((at) => view.getUint32(at, true))).toEqual([
      640, 480, 24, 8, 921600, 201, 1, 0, 922112,
    ]);
    expect(bytes.length).toBe(1024 + 4 + 10 + 6 + 10);
    expect([...bytes.subarray(1024 + 14)]).toEqual([9, 0, 0, 0, 0x84, 0x03, ...new Array(10).fill(0)]); // 900 ms
  });

  it.each<[string, () => unknown, string]>([
    [
      'pixels of another size',
      () => writeSeq([{ bytes: new Uint8Array(23) }], { ...size, codec: 'bgr' }),
      'writeSeq: frame 0 has 23 bytes; a bgr frame of 2x4 has 24',
    ],
    [
      'what is no JPEG',
      () => writeSeq([{ bytes: new Uint8Array(9) }], { ...size, codec: 'jpeg' }),
      'writeSeq: frame 0 begins with 0, 0; a jpeg file begins with 255, 216',
    ],
    [
      'a side of 0',
      () => writeSeq([], { width: 0, height: 2, codec: 'jpeg' }),
      'writeSeq: the image is 2x0; sides may be 1 to 32768',
    ],
  ])('refuses %s', (_, write, message) => {
    expect(write).toThrow(message);
  });
});

describe('a real .seq', () => {
  const video = sharedData('caltech/peds30.seq');
  const seek = sharedData('caltech/peds30-seek.mat');

  it.skipIf(video.absent)('has its 30 frames where the toolbox found them (where the shared data lie)', async () => {
    const offsets = matNumbers(matVariable(await readMat(seek.read()), 'seek', 'seek'), 'seek');
    const bytes = video.read();
    const seq = await openSeq(bytesSource(bytes));
    expect(await seq.count()).toBe(30);
    const places = await Promise.all(offsets.map((_, i) => seq.place(i)));
    expect(places.map(({ offset }) => offset - 4)).toEqual(offsets); // its offsets are of the length before the image
    new DataView(bytes.buffer).setUint32(572, 0, true);
    expect(await (await openSeq(bytesSource(bytes))).count()).toBe(30); // by scanning: the last ends with the file
  });

  it.skipIf(video.absent)('holds JPEG files of 640x480, 33 ms apart (where the shared data lie)', async () => {
    const seq = await openSeq(bytesSource(video.read()));
    const frames = await Promise.all(Array.from({ length: 30 }, (_, i) => seq.frame(i)));
    for (const { bytes } of frames) expect(imageSize(bytes)).toEqual({ type: 'jpeg', width: 640, height: 480 });
    const steps = frames.slice(1).map(({ seconds = 0 }, i) => seconds - (frames[i]?.seconds ?? 0));
    for (const step of steps) expect(step).toBeCloseTo(0.033, 2); // about 30 frames a second
  });

  it.skipIf(video.absent)('is written again byte for byte (where the shared data lie)', async () => {
    const bytes = video.read();
    const seq = await openSeq(bytesSource(bytes));
    const frames = await Promise.all(Array.from({ length: 30 }, (_, i) => seq.frame(i)));
    const { width, height, framesPerSecond, description } = seq.header;
    expect(description).toBe('No Description');
    const written = writeSeq(frames, { width, height, codec: 'jpeg', framesPerSecond, description });
    expect(Buffer.compare(written, bytes)).toBe(0);
  });
});
