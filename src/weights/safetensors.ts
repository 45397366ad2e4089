import { FormatError } from '../data/formatError.ts';
import { checkName, type FileTensor, floats, isCounter, size, type WeightFile, widths } from './fileTensor.ts';
import { repeatedKey } from './uniqueKeys.ts';

/** Numbers with a shape. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name. */
  readonly metadata: { readonly [name: string]: string };
}

/** A header of more bytes is refused, as the format's own reader does. */
const longestHeader = 100_000_000;

/** Writes tensors as float32. @throws RangeError for values that are not of their shape, or a name that the format keeps. @see huggingface/safetensors, format */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  let end = 0;
  const entries: [string, object][] = [['__metadata__', metadata]];
  for (const [name, { shape, values }] of tensors) {
    if (name === '__metadata__')
      throw new RangeError(`safetensors: a tensor is called ${name}; the format keeps that name`);
    if (values.length !== size(shape))
      throw new RangeError(
        `safetensors: ${name} is [${shape}], ${size(shape)} numbers, but ${values.length} were given`,
      );
    entries.push([name, { dtype: 'F32', shape, data_offsets: [end, end + 4 * values.length] }]);
    end += 4 * values.length;
  }
  const text = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / 8) * 8; // the numbers begin at a multiple of 8
  const bytes = new Uint8Array(8 + padded + end).fill(32, 8, 8 + padded);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  let at = 8 + padded;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** Whether bytes begin as a safetensors file does: with the length of a header, then the header, a record of JSON. */
export const isSafetensors = (bytes: Uint8Array): boolean => bytes.length >= 9 && bytes[8] === 0x7b;

/**
 * Reads tensors of floats as float32; counters of batches are left out. Nothing is allocated beyond the file.
 *
 * @param name how errors call the file
 * @throws FormatError (a RangeError) as `openSafetensors`, and for numbers that are no floats
 */
export function readSafetensors(bytes: Uint8Array, name = 'safetensors'): Safetensors {
  const { tensors, metadata } = openSafetensors(bytes, name);
  const read = [...tensors].filter(([key, tensor]) => !isCounter(key, tensor));
  const copied = read.map(([key, { shape, read }]) => [key, { shape, values: read().slice() }] as const); // the file can go
  return { tensors: new Map(copied), metadata };
}

/**
 * Opens a file after checking all of it: the numbers of its tensors fill it without overlaps or holes, each name is there once.
 *
 * @throws FormatError (a RangeError) for a file that is cut, damaged or made to harm
 * @see huggingface/safetensors, format
 */
export function openSafetensors(bytes: Uint8Array, name = 'safetensors'): WeightFile {
  const start = safetensorsStart(bytes, bytes.length, name);
  const data = bytes.subarray(start);
  const { stored, metadata } = safetensorsHeader(bytes.subarray(8, start), data.length, name);
  const tensors = new Map<string, FileTensor>();
  for (const [key, { shape, dtype, begin, end }] of stored)
    tensors.set(key, { shape, dtype, read: () => floats(data.subarray(begin, end), dtype, `${name}: ${key}`) });
  return { format: 'safetensors', tensors, metadata, close: () => {} };
}

/** Where the numbers begin, by the first 8 bytes of a file of `size` bytes. @throws FormatError for a header that is not in the file */
export function safetensorsStart(bytes: Uint8Array, size: number, name: string): number {
  if (bytes.length < 8)
    throw new FormatError(`${name}: ${bytes.length} bytes are no safetensors file; it begins with 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(longestHeader) || 8n + length > BigInt(size))
    throw new FormatError(`${name}: its header says ${length} bytes, but the file has ${size}; it is cut or damaged`);
  return 8 + Number(length);
}

/** Where a tensor lies, in bytes behind the header. */
export interface StoredRange {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly begin: number;
  readonly end: number;
}

/** What a header says, after checking it against the `length` bytes behind it. @throws FormatError as `openSafetensors` */
export function safetensorsHeader(bytes: Uint8Array, length: number, name: string) {
  const header = parse(bytes, name);
  const stored = new Map<string, StoredRange>();
  const ranges: Range[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    checkName(key, name);
    const { dtype, shape, begin, end } = entry(value, key, name);
    const width = widths[dtype];
    if (width === undefined) throw new FormatError(`${name}: ${key} is of type ${dtype}, which is not known`);
    if (end - begin !== width * size(shape) || end > length)
      throw new FormatError(
        `${name}: ${key} of shape [${shape}] and type ${dtype} lies at ${begin} to ${end} of ${length} bytes; the file is cut or damaged`,
      );
    ranges.push({ key, begin, end });
    stored.set(key, { shape, dtype, begin, end });
  }
  checkFilled(ranges, length, name);
  return { stored, metadata: texts(header.__metadata__) };
}

interface Range {
  readonly key: string;
  readonly begin: number;
  readonly end: number;
}

function checkFilled(ranges: Range[], length: number, name: string): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let before: Range = { key: 'the header', begin: 0, end: 0 };
  for (const range of ranges) {
    if (range.begin < before.end)
      throw new FormatError(`${name}: ${range.key} overlaps ${before.key}; the file is damaged`);
    if (range.begin > before.end)
      throw new FormatError(
        `${name}: ${range.begin - before.end} bytes between ${before.key} and ${range.key} are of no tensor; the file is damaged`,
      );
    before = range;
  }
  if (before.end < length)
    throw new FormatError(
      `${name}: ${length - before.end} bytes behind ${before.key} are of no tensor; the file is damaged`,
    );
}

function parse(bytes: Uint8Array, name: string): { [key: string]: unknown } {
  const { text, value } = json(bytes, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${name}: its header is no record; the file is damaged`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new FormatError(`${name}: its header has '${repeated}' twice; the file is damaged or made to harm`);
  return { ...value };
}

function json(bytes: Uint8Array, name: string): { readonly text: string; readonly value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (error) {
    throw new FormatError(`${name}: its header is no JSON; the file is damaged`, { cause: error });
  }
}

function entry(value: unknown, key: string, name: string) {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as { [field: string]: unknown };
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(range) || range.length !== 2)
    throw new FormatError(`${name}: ${key} has no shape and range of whole numbers; the file is damaged`);
  const [begin = 0, end = 0] = range;
  return { dtype: String(dtype), shape, begin, end };
}

const texts = (value: unknown): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
