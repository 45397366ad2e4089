import type { MatArray, MatClass } from './matValue.ts';

/** How numbers lie in a file, by the code of a data element. @see MAT-File Format, table 1-1 */
export const storages = new Map<number, Storage>([
  [1, { bytes: 1, read: (view, at) => view.getInt8(at) }],
  [2, { bytes: 1, read: (view, at) => view.getUint8(at) }],
  [3, { bytes: 2, read: (view, at, little) => view.getInt16(at, little) }],
  [4, { bytes: 2, read: (view, at, little) => view.getUint16(at, little) }],
  [5, { bytes: 4, read: (view, at, little) => view.getInt32(at, little) }],
  [6, { bytes: 4, read: (view, at, little) => view.getUint32(at, little) }],
  [7, { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) }],
  [9, { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) }],
  [12, { bytes: 8, read: (view, at, little) => view.getBigInt64(at, little) }],
  [13, { bytes: 8, read: (view, at, little) => view.getBigUint64(at, little) }],
]);

export interface Storage {
  readonly bytes: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number | bigint;
}

/** Codes of the data elements that are named in code. */
export const mi = {
  int8: 1,
  uint8: 2,
  uint16: 4,
  int32: 5,
  uint32: 6,
  double: 9,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

/** Codes of the classes that are no numbers. @see MAT-File Format, table 1-3 */
export const mx = { cell: 1, struct: 2, char: 4, opaque: 17 } as const;

/** Classes that are passed over. */
export const otherClasses = new Map([
  [3, 'object'],
  [5, 'sparse array'],
  [16, 'function handle'],
  [17, 'object'],
]);

export interface NumericClass {
  readonly code: number;
  /** Of the element that holds its numbers at full width. */
  readonly storage: number;
  readonly make: (count: number) => MatArray;
}

/** Numeric classes by name. */
export const numericClasses: { readonly [Name in MatClass]: NumericClass } = {
  double: { code: 6, storage: 9, make: (count) => new Float64Array(count) },
  single: { code: 7, storage: 7, make: (count) => new Float32Array(count) },
  int8: { code: 8, storage: 1, make: (count) => new Int8Array(count) },
  uint8: { code: 9, storage: 2, make: (count) => new Uint8Array(count) },
  int16: { code: 10, storage: 3, make: (count) => new Int16Array(count) },
  uint16: { code: 11, storage: 4, make: (count) => new Uint16Array(count) },
  int32: { code: 12, storage: 5, make: (count) => new Int32Array(count) },
  uint32: { code: 13, storage: 6, make: (count) => new Uint32Array(count) },
  int64: { code: 14, storage: 12, make: (count) => new BigInt64Array(count) },
  uint64: { code: 15, storage: 13, make: (count) => new BigUint64Array(count) },
};

/** Names of the numeric classes. */
export const classNames: readonly MatClass[] = [
  'double',
  'single',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
];

/** Bits of an array's flags. */
export const flag = { logical: 0x200, complex: 0x800 } as const;
