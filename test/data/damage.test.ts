import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { readBbGt, writeBbGt } from '../../src/data/bbGt.ts';
import { bytesSource } from '../../src/data/byteSource.ts';
import { FormatError } from '../../src/data/formatError.ts';
import { imageSize } from '../../src/data/imageSize.ts';
import { joinBytes } from '../../src/data/inflate.ts';
import { readMat } from '../../src/data/mat.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from '../../src/data/matWrite.ts';
import { readPascalText } from '../../src/data/pascalText.ts';
import { openSeq } from '../../src/data/seq.ts';
import { writeSeq } from '../../src/data/seqWrite.ts';
import { vbbOf } from '../../src/data/vbbAnnotations.ts';
import { readVbb } from '../../src/data/vbbRead.ts';
import { readVbbText, writeVbbText } from '../../src/data/vbbText.ts';
import { writeVbb } from '../../src/data/vbbWrite.ts';

const vbb = vbbOf([
  [{ box: [1, 2, 50, 20], label: 'person', track: 1 }],
  [{ box: [1, 3, 50, 21], visible: [1, 3, 30, 21], label: 'person', track: 1 }],
]);
const mat = writeMat([
  ['numbers', matDoubles([1, 2, 3])],
  ['nested', matStruct([{ text: matChar('abc'), cells: matCell([matDoubles([1]), matChar('x')]) }])],
]);

function compressed(): Uint8Array {
  const packed = deflateSync(writeMat([['cells', matCell([matDoubles([1, 2]), matChar('x')])]]).subarray(128));
  const tag = new Uint8Array(8);
  new DataView(tag.buffer).setUint32(0, 15, true);
  new DataView(tag.buffer).setUint32(4, packed.length, true);
  return joinBytes([mat.subarray(0, 128), tag, packed]);
}

const frame = (length: number) => Uint8Array.from({ length }, (_, i) => [0xff, 0xd8][i] ?? i);
const decoded = (read: (text: string) => unknown) => async (bytes: Uint8Array) =>
  read(new TextDecoder('latin1').decode(bytes));
const encoded = (text: string) => new TextEncoder().encode(text);

async function readWholeSeq(bytes: Uint8Array): Promise<unknown> {
  const seq = await openSeq(bytesSource(bytes));
  const frames: unknown[] = [];
  for (let i = 0; i < (await seq.count()); i++) frames.push(await seq.frame(i));
  return frames;
}
const frames = [{ bytes: frame(20) }, { bytes: frame(30) }];
const scanned = writeSeq(frames, { width: 4, height: 2, codec: 'jpeg' });
new DataView(scanned.buffer).setUint32(572, 0, true);

/** A JPEG up to its frame: APP0, then SOF0 of 480x640. */
const jpegStart = Uint8Array.from([255, 216, 255, 224, 0, 4, 1, 2, 255, 192, 0, 11, 8, 1, 224, 2, 128, 1, 1, 0x11, 0]);

const readers: readonly (readonly [name: string, bytes: Uint8Array, read: (bytes: Uint8Array) => Promise<unknown>])[] =
  [
    ['readMat', mat, readMat],
    ['readMat of compressed variables', compressed(), (bytes) => readMat(bytes, { maxBytes: 1e6 })],
    ['readVbb', writeVbb(vbb), readVbb],
    ['openSeq', writeSeq(frames, { width: 4, height: 2, codec: 'jpeg' }), readWholeSeq],
    ['openSeq without a count', scanned, readWholeSeq],
    [
      'openSeq of raw frames',
      writeSeq([{ bytes: new Uint8Array(24) }], { width: 4, height: 2, codec: 'bgr' }),
      readWholeSeq,
    ],
    ['imageSize', jpegStart, async (bytes) => imageSize(bytes)],
    ['readVbbText', encoded(writeVbbText(vbb)), decoded(readVbbText)],
    [
      'readBbGt',
      encoded(
        writeBbGt([{ label: 'a', pos: [1, 2, 3, 4], posv: [0, 0, 0, 0], occluded: false, ignore: false, angle: 0 }]),
      ),
      decoded(readBbGt),
    ],
    [
      'readPascalText',
      encoded(
        '# Compatible with PASCAL Annotation Version 1.00\nImage filename : "a.png"\nImage size (X x Y x C) : 9 x 9 x 3\n' +
          'Objects with ground truth : 1 { "p" }\nBounding box for object 1 "p" (Xmin, Ymin) - (Xmax, Ymax) : (1, 2) - (3, 4)\n',
      ),
      decoded(readPascalText),
    ],
  ];

/** What became of a read: nothing, or an error that is about the file. */
async function outcome(read: (bytes: Uint8Array) => Promise<unknown>, bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    await read(bytes);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return 'refused';
  }
}

describe.each(readers)('%s', (name, bytes, read) => {
  it('reads the whole file', async () => {
    expect(await outcome(read, bytes)).toBe('read');
  });

  it('meets a file cut at any byte with a clear error or what is left', async () => {
    let refused = 0;
    for (let end = 0; end < bytes.length; end++)
      if ((await outcome(read, bytes.subarray(0, end))) === 'refused') refused++;
    expect(refused).toBeGreaterThan(0);
  });

  it('meets 400 files of damaged bits with a clear error or what is left', async () => {
    const random = keyedRandom('damage', name);
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const damaged = bytes.slice();
      const flips = 1 + Math.floor(4 * random());
      for (let flip = 0; flip < flips; flip++) {
        const at = Math.floor(random() * damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(8 * random()));
      }
      if ((await outcome(read, damaged)) === 'refused') refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });
});
