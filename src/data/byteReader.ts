import { FormatError } from './formatError.ts';

/** Looks into bytes at any offset; each look is checked and says what it was for. */
export interface ByteReader {
  readonly size: number;
  readonly u16: (offset: number, what: string) => number;
  readonly i32: (offset: number, what: string) => number;
  readonly u32: (offset: number, what: string) => number;
  readonly f64: (offset: number, what: string) => number;
  /** A view of `length` bytes, not a copy. */
  readonly bytes: (offset: number, length: number, what: string) => Uint8Array;
  /** The error for something wrong at an offset. */
  readonly error: (offset: number, problem: string) => FormatError;
}

/**
 * A reader of `bytes`, whose errors begin with `where`.
 *
 * @throws FormatError, from every method, for a look past the end
 */
export function byteReader(bytes: Uint8Array, where: string, littleEndian = true): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const error = (offset: number, problem: string) => new FormatError(`${where}: byte ${offset}: ${problem}`);
  const need = (offset: number, length: number, what: string) => {
    if (offset + length > bytes.length)
      throw error(
        offset,
        `${what} needs ${length} bytes but ${Math.max(0, bytes.length - offset)} are left; was the file cut?`,
      );
    return offset;
  };
  return {
    size: bytes.length,
    u16: (offset, what) => view.getUint16(need(offset, 2, what), littleEndian),
    i32: (offset, what) => view.getInt32(need(offset, 4, what), littleEndian),
    u32: (offset, what) => view.getUint32(need(offset, 4, what), littleEndian),
    f64: (offset, what) => view.getFloat64(need(offset, 8, what), littleEndian),
    bytes: (offset, length, what) => bytes.subarray(need(offset, length, what), offset + length),
    error,
  };
}
