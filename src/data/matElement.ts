import type { ByteReader } from './byteReader.ts';
import { mi, storages } from './matFormat.ts';
import type { MatArray } from './matValue.ts';

/** A data element: its kind, where its data lie, where the next element begins. */
export interface MatElement {
  readonly type: number;
  readonly start: number;
  readonly length: number;
  readonly next: number;
}

/** A reader of one byte order, with what it reads. */
export interface MatSource {
  readonly reader: ByteReader;
  readonly littleEndian: boolean;
}

/**
 * The tag at `at`, of the long form or the small one, whose length stands in the upper half of the first word.
 *
 * @throws FormatError for an element that does not end by `end`
 */
export function readElement({ reader }: MatSource, at: number, end: number, what: string): MatElement {
  if (at + 8 > end)
    throw reader.error(at, `${what} needs a tag of 8 bytes but ${end - at} are left; was the file cut?`);
  const word = reader.u32(at, what);
  const small = word >>> 16;
  if (small > 0) {
    if (small > 4) throw reader.error(at, `${what} is a small element of ${small} bytes; it may have 4 at most`);
    return { type: word & 0xffff, start: at + 4, length: small, next: at + 8 };
  }
  const length = reader.u32(at + 4, what);
  const start = at + 8;
  if (length > end - start)
    throw reader.error(at, `${what} has ${length} bytes but ${end - start} are left; was the file cut?`);
  const padded = word === mi.compressed ? length : Math.ceil(length / 8) * 8;
  return { type: word, start, length, next: Math.min(start + padded, end) }; // some writers leave the last padding out
}

/**
 * Fills `values` with the numbers of an element, whose type may be narrower than theirs.
 *
 * @throws FormatError where the element holds another count, no numbers, or one that the class cannot hold
 */
export function readNumbers(source: MatSource, element: MatElement, values: MatArray, what: string): void {
  const { reader, littleEndian } = source;
  const { type, start, length } = element;
  const storage = storages.get(type);
  if (storage === undefined) throw reader.error(start, `${what} is of element type ${type}, which holds no numbers`);
  if (length !== storage.bytes * values.length)
    throw reader.error(
      start,
      `${what} has ${length} bytes of ${storage.bytes} a number; its shape asks for ${values.length} numbers`,
    );
  const bytes = reader.bytes(start, length, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const exact = !(values instanceof Float64Array || values instanceof Float32Array);
  for (let i = 0; i < values.length; i++) {
    const value = storage.read(view, i * storage.bytes, littleEndian);
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      if (typeof value === 'number' && !Number.isInteger(value)) throw misfit(value);
      values[i] = BigInt(value);
    } else values[i] = Number(value);
    if (exact && Number(values[i]) !== Number(value)) throw misfit(value);
  }
  function misfit(value: number | bigint) {
    return reader.error(start, `${what} holds ${value}, which its class cannot hold`);
  }
}

/** The text of an element of `count` UTF-16 units. @throws FormatError where it has another count, or holds no text */
export function readText(source: MatSource, element: MatElement, count: number | 'any', what: string): string {
  const { reader, littleEndian } = source;
  const { type, start, length } = element;
  const bytes = reader.bytes(start, length, what);
  const text = decodeText(bytes, type, littleEndian);
  if (text === undefined) throw reader.error(start, `${what} is of element type ${type}, which holds no text`);
  if (count !== 'any' && text.length !== count)
    throw reader.error(start, `${what} has ${text.length} characters; its shape asks for ${count}`);
  return text;
}

function decodeText(bytes: Uint8Array, type: number, littleEndian: boolean): string | undefined {
  if (type === mi.utf8) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const width = { [mi.int8]: 1, [mi.uint8]: 1, [mi.uint16]: 2, [mi.utf16]: 2, [mi.utf32]: 4 }[type];
  if (width === undefined || bytes.length % width !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    if (width === 1) parts.push(String.fromCharCode(view.getUint8(at)));
    else if (width === 2) parts.push(String.fromCharCode(view.getUint16(at, littleEndian)));
    else {
      const point = view.getUint32(at, littleEndian);
      parts.push(point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd');
    }
  }
  return parts.join('');
}
