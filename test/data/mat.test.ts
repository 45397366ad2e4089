import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/data/formatError.ts';
import { joinBytes } from '../../src/data/inflate.ts';
import { readMat } from '../../src/data/mat.ts';
import {
  describeMat,
  type MatValue,
  matCells,
  matField,
  matNumber,
  matNumbers,
  matText,
  matVariable,
} from '../../src/data/matValue.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from '../../src/data/matWrite.ts';
import { hex, sharedData } from './shared.ts';

/** A header of 128 bytes: text, version 0x0100, the mark of the byte order. */
function header(order: 'little' | 'big'): Uint8Array {
  const bytes = new Uint8Array(128).fill(0x20, 0, 116);
  bytes.set(new TextEncoder().encode('MATLAB 5.0 MAT-file, made by hand'));
  bytes.set(order === 'little' ? [0x00, 0x01, 0x49, 0x4d] : [0x01, 0x00, 0x4d, 0x49], 124);
  return bytes;
}
const file = (order: 'little' | 'big', ...elements: readonly string[]) =>
  joinBytes([header(order), ...elements.map(hex)]);

const everything: readonly (readonly [string, MatValue])[] = [
  ['doubles', matDoubles([1, -2.5, Number.NaN, Infinity, 1e-300, -0], [2, 3])],
  ['none', matDoubles([], [0, 5])],
  ['single', { kind: 'numeric', class: 'single', shape: [1, 2], values: Float32Array.of(0.1, 3) }],
  ['int8', { kind: 'numeric', class: 'int8', shape: [1, 3], values: Int8Array.of(-128, 0, 127) }],
  ['uint8', { kind: 'numeric', class: 'uint8', shape: [3, 1], values: Uint8Array.of(0, 1, 255) }],
  ['int16', { kind: 'numeric', class: 'int16', shape: [1, 1], values: Int16Array.of(-32768) }],
  ['uint16', { kind: 'numeric', class: 'uint16', shape: [1, 1], values: Uint16Array.of(65535) }],
  ['int32', { kind: 'numeric', class: 'int32', shape: [1, 1], values: Int32Array.of(-(2 ** 31)) }],
  ['uint32', { kind: 'numeric', class: 'uint32', shape: [1, 1], values: Uint32Array.of(2 ** 32 - 1) }],
  ['int64', { kind: 'numeric', class: 'int64', shape: [1, 1], values: BigInt64Array.of(-(2n ** 63n)) }],
  ['uint64', { kind: 'numeric', class: 'uint64', shape: [1, 1], values: BigUint64Array.of(2n ** 64n - 1n) }],
  ['complex', { ...matDoubles([1, 2]), imaginary: Float64Array.of(3, 4) }],
  ['cube', matDoubles([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])],
  ['flags', { kind: 'logical', shape: [2, 2], values: Uint8Array.of(1, 0, 0, 1) }],
  ['text', matChar('Grüße, 歩行者 🚶')],
  ['lines', { kind: 'char', shape: [2, 3], text: 'adbecf' }],
  ['nothing', matChar('')],
  ['cells', matCell([matDoubles([1]), matChar('two'), matCell([]), matCell([matDoubles([3, 4], [2, 1])])])],
  [
    'people',
    matStruct([
      { id: matDoubles([1]), pos: matDoubles([1, 2, 3, 4]) },
      { id: matDoubles([2]), pos: matChar('x') },
    ]),
  ],
  ['nobody', matStruct([], ['id', 'pos'])],
  ['fieldless', { kind: 'struct', shape: [1, 1], fields: new Map() }],
  ['a_field_name_longer_than_31_letters', matStruct([{ a_field_name_longer_than_31_letters: matDoubles([1]) }])],
];

describe('readMat', () => {
  it('reads a little-endian array whose doubles are stored as bytes in a small element', async () => {
    const bytes = file(
      'little',
      '0e000000 38000000', // miMATRIX, 56 bytes
      '06000000 08000000 06000000 00000000', // flags: class double
      '05000000 08000000 01000000 03000000', // 1x3
      '01000100 78000000', // name, small: "x"
      '02000300 ff000700', // miUINT8, small: 255 0 7
      '00000000 00000000'.slice(0, 0),
    );
    bytes[132] = 0x30; // 48 bytes of content
    expect(matNumbers(matVariable(await readMat(bytes), 'x', 't'), 'x')).toEqual([255, 0, 7]);
  });

  it('reads a big-endian array', async () => {
    const bytes = file(
      'big',
      '0000000e 00000040', // miMATRIX, 64 bytes
      '00000006 00000008 0000000a 00000000', // flags: class int16
      '00000005 00000008 00000002 00000001', // 2x1
      '00000001 00000005 73706c69 74000000', // name "split"
      '00000003 00000004 fff60102 00000000', // miINT16: -10 258
    );
    const value = matVariable(await readMat(bytes), 'split', 't');
    expect(describeMat(value)).toBe('2x1 int16');
    expect(matNumbers(value, 'split')).toEqual([-10, 258]);
  });

  it('takes a file whose last padding was left out', async () => {
    const bytes = file(
      'big',
      '0000000e 0000003c', // 60 bytes
      '00000006 00000008 0000000a 00000000',
      '00000005 00000008 00000002 00000001',
      '00000001 00000005 73706c69 74000000',
      '00000003 00000004 fff60102',
    );
    expect(matNumbers(matVariable(await readMat(bytes), 'split', 't'), 'split')).toEqual([-10, 258]);
  });

  it('reads compressed variables beside plain ones', async () => {
    const plain = writeMat([['x', matDoubles([1, 2, 3])]]);
    const packed = deflateSync(writeMat([['y', matChar('hello')]]).subarray(128));
    const tag = new Uint8Array(8);
    new DataView(tag.buffer).setUint32(0, 15, true);
    new DataView(tag.buffer).setUint32(4, packed.length, true);
    const variables = await readMat(joinBytes([plain, tag, packed]));
    expect([...variables.keys()]).toEqual(['x', 'y']);
    expect(matText(matVariable(variables, 'y', 't'), 'y')).toBe('hello');
  });

  it('stops inflating at its bound', async () => {
    const packed = deflateSync(writeMat([['zeros', matDoubles(new Array(100_000).fill(0))]]).subarray(128));
    const tag = new Uint8Array(8);
    new DataView(tag.buffer).setUint32(0, 15, true);
    new DataView(tag.buffer).setUint32(4, packed.length, true);
    const bomb = joinBytes([header('little'), tag, packed]);
    expect(packed.length).toBeLessThan(2000);
    await expect(readMat(bomb, { maxBytes: 100_000 })).rejects.toThrow(/inflate to more than 100000; raise maxBytes/);
    expect((await readMat(bomb)).size).toBe(1);
  });

  it('passes over what it does not know and reads the rest', async () => {
    const bytes = file(
      'little',
      '0e000000 38000000', // a sparse array
      '06000000 08000000 05000000 01000000', // flags: class sparse, nzmax 1
      '05000000 08000000 01000000 01000000',
      '01000100 73000000', // "s"
      '05000400 00000000', // row indices, then more that nobody reads
      '05000400 00000000',
      '0e000000 30000000',
      '06000000 08000000 06000000 00000000',
      '05000000 08000000 01000000 01000000',
      '01000100 78000000', // "x"
      '02000100 09000000',
    );
    const variables = await readMat(bytes);
    expect(variables.get('s')).toEqual({ kind: 'other', class: 'sparse array' });
    expect(matNumber(matVariable(variables, 'x', 't'), 'x')).toBe(9);
  });

  it.each([
    ['an empty file', new Uint8Array(), /128 bytes of header; there are 0/],
    ['a JPEG', new Uint8Array(200).fill(0xff), /marks its byte order/],
    [
      'HDF5',
      (() => {
        const h = header('little');
        h.set(new TextEncoder().encode('MATLAB 7.3 MAT-file'), 0);
        return h;
      })(),
      /HDF5 \(MATLAB 7\.3\); save it again with -v7/,
    ],
  ])('says what is wrong with %s', async (_, bytes, message) => {
    const failure = readMat(bytes, { name: 'x.mat' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(FormatError);
  });

  it('makes no array that its bytes cannot fill', async () => {
    const claim = (kind: string) =>
      file(
        'little',
        '0e000000 30000000',
        `06000000 08000000 ${kind}000000 00000000`,
        '05000000 08000000 ffffff7f ffffff7f', // 2147483647 x 2147483647
        '01000100 78000000',
        '02000100 09000000',
      );
    await expect(readMat(claim('06'))).rejects.toThrow(/asks for \d{19} numbers but has 1 bytes/);
    await expect(readMat(claim('01'))).rejects.toThrow(/asks for \d{19} arrays but 8 bytes are left/);
    await expect(readMat(claim('04'))).rejects.toThrow(/has 1 characters; its shape asks for/);
  });

  it('refuses arrays nested without end', async () => {
    let value: MatValue = matDoubles([1]);
    for (let i = 0; i < 70; i++) value = matCell([value]);
    await expect(readMat(writeMat([['deep', value]]))).rejects.toThrow(/nested more than 64 deep/);
  });
});

describe('writeMat', () => {
  it.each(everything)('brings back %s as it was', async (name, value) => {
    const variables = await readMat(writeMat([[name, value]]));
    expect(variables).toEqual(new Map([[name, value]]));
  });

  it('keeps the order of variables and is the same bytes each time', async () => {
    const bytes = writeMat(everything);
    expect([...(await readMat(bytes)).keys()]).toEqual(everything.map(([name]) => name));
    expect(writeMat(everything)).toEqual(bytes);
    expect(bytes.length % 8).toBe(0);
  });

  it('lays an array out byte for byte as the format says', () => {
    expect(writeMat([['vers', matDoubles([1.4])]]).subarray(124)).toEqual(
      hex(`0001 494d
        0e000000 38000000
        06000000 08000000 06000000 00000000
        05000000 08000000 01000000 01000000
        01000400 76657273
        09000000 08000000 666666666666f63f`), // 1.4 = 0x3ff6666666666666
    );
  });

  it.each([
    ['a name MATLAB cannot have', [['1x', matDoubles([1])]], /"1x" is not a name/],
    [
      'two variables of one name',
      [
        ['x', matDoubles([1])],
        ['x', matDoubles([1])],
      ],
      /"x" comes twice/,
    ],
    ['a shape that does not fit', [['x', matDoubles([1, 2], [2, 2])]], /2x2 double of 2 values; its shape asks for 4/],
    ['a field name MATLAB cannot have', [['x', matStruct([{ 'a b': matDoubles([1]) }])]], /"a b" is not a name/],
    [
      'what it cannot write',
      [['x', { kind: 'other', class: 'sparse array' }]],
      /sparse array, which cannot be written/,
    ],
  ] satisfies [string, [string, MatValue][], RegExp][])('refuses %s', (_, variables, message) => {
    expect(() => writeMat(variables)).toThrow(message);
  });
});

describe('the lookups', () => {
  const people = matStruct([{ id: matDoubles([7]), name: matChar('Ada') }]);

  it('find by name and say what there is instead', () => {
    expect(matNumber(matField(people, 'id', 'A'), 'A.id')).toBe(7);
    expect(matText(matField(people, 'name', 'A'), 'A.name')).toBe('Ada');
    expect(() => matField(people, 'pos', 'A')).toThrow('A has no field pos; it has id, name');
    expect(() => matField(people, 'id', 'A', 1)).toThrow('A is a 1x1 struct; it has no element 2');
    expect(() => matField(matChar('x'), 'id', 'A')).toThrow('A is a 1x1 char; it must be a struct');
    expect(() => matNumber(matDoubles([1, 2]), 'A.id')).toThrow('A.id is a 1x2 double; it must be one number');
    expect(() => matCells(people, 'A')).toThrow('A is a 1x1 struct; it must be a cell array');
    expect(() => matVariable(new Map([['B', people]]), 'A', 'f.vbb')).toThrow(
      'f.vbb: there is no variable A; there is B',
    );
  });
});

describe('real files', () => {
  const seek = sharedData('caltech/peds30-seek.mat');
  it.skipIf(seek.absent)('a compressed column of 30 offsets (where the shared data lie)', async () => {
    const value = matVariable(await readMat(seek.read()), 'seek', 'seek');
    expect(describeMat(value)).toBe('30x1 double');
    expect(matNumbers(value, 'seek').slice(0, 3)).toEqual([1024, 37963, 74782]); // of the .seq beside it
  });

  const persons = sharedData('citypersons/anno_val.mat');
  it.skipIf(persons.absent)(
    '500 cells of doubles that are stored as bytes and shorts (where the shared data lie)',
    async () => {
      const cells = matCells(matVariable(await readMat(persons.read()), 'anno_val_aligned', 'f'), 'f');
      const rows = cells.map((cell) => matField(cell, 'bbs', 'cell'));
      expect(rows.length).toBe(500);
      let pedestrians = 0;
      for (const row of rows) {
        const values = matNumbers(row, 'bbs');
        const count = row.kind === 'numeric' ? (row.shape[0] ?? 0) : 0;
        for (let i = 0; i < count; i++) if (values[i] === 1) pedestrians++; // the class is the first column
      }
      expect(pedestrians).toBe(3157); // pedestrians of CityPersons val
    },
  );

  const truth = sharedData('caltech/gt-Reasonable.mat');
  it.skipIf(truth.absent)(
    '4,024 frames that keep the shape 0x5 where they are empty (where the shared data lie)',
    async () => {
      const cells = matCells(matVariable(await readMat(truth.read()), 'gt', 'gt'), 'gt');
      expect(cells.length).toBe(4024);
      const boxes = cells.map((cell) => (cell.kind === 'numeric' ? cell.shape : []));
      expect(boxes.every(([, columns]) => columns === 5)).toBe(true);
      expect(boxes.reduce((sum, [rows = 0]) => sum + rows, 0)).toBe(5051); // with the ignored ones
    },
  );
});
