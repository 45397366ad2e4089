import { byteReader } from '../data/byteReader.ts';
import type { FormatError } from '../data/formatError.ts';

/** Arguments of pickle's opcodes, read one after another; every look is checked. */
export interface PickleStream {
  /** Where the next byte lies. */
  at: number;
  readonly error: (problem: string) => FormatError;
  readonly byte: (what: string) => number;
  /** Little-endian and unsigned, of 1, 2, 4 or 8 bytes. */
  readonly count: (bytes: 1 | 2 | 4 | 8, what: string) => number;
  readonly int32: (what: string) => number;
  readonly float64BigEndian: (what: string) => number;
  /** A view of the next bytes. */
  readonly bytes: (length: number, what: string) => Uint8Array;
  readonly text: (length: number, what: string) => string;
  /** Up to the end of the line, without it. */
  readonly line: (what: string) => string;
}

/** A stream over bytes from `at` on. @throws FormatError, from every method, for a look past the end */
export function pickleStream(bytes: Uint8Array, at: number, name: string): PickleStream {
  const file = byteReader(bytes, name);
  const utf8 = new TextDecoder('utf-8');
  const stream: PickleStream = {
    at,
    error: (problem) => file.error(stream.at, problem),
    byte: (what) => stream.bytes(1, what)[0] ?? 0,
    count: (width, what) => {
      const from = stream.bytes(width, what);
      let value = 0;
      for (let i = width - 1; i >= 0; i--) value = value * 256 + (from[i] ?? 0);
      return value;
    },
    int32: (what) => stream.count(4, what) | 0,
    float64BigEndian: (what) => {
      const { buffer, byteOffset } = stream.bytes(8, what);
      return new DataView(buffer, byteOffset, 8).getFloat64(0);
    },
    bytes: (length, what) => {
      const part = file.bytes(stream.at, length, what);
      stream.at += length;
      return part;
    },
    text: (length, what) => utf8.decode(stream.bytes(length, what)),
    line: (what) => {
      const end = bytes.indexOf(10, stream.at);
      if (end < 0) throw stream.error(`${what} has no end; was the file cut?`);
      const text = stream.text(end - stream.at, what);
      stream.at++;
      return text;
    },
  };
  return stream;
}
