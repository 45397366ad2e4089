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

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
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

/**
 * Reads tensors of dtype F32, F16 and BF16 as float32. Nothing is allocated beyond the file: every range is checked first.
 *
 * @param name how errors call the file
 * @throws RangeError for a file that is cut or whose ranges overlap or lie outside, TypeError for other dtypes
 */
export function readSafetensors(bytes: Uint8Array, name = 'safetensors'): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    throw new RangeError(`${name}: ${bytes.length} bytes are no safetensors file; it begins with 8`);
  const length = Number(view.getBigUint64(0, true));
  if (length > longestHeader || 8 + length > bytes.length)
    throw new RangeError(
      `${name}: its header says ${length} bytes, but the file has ${bytes.length}; it is cut or damaged`,
    );
  const header = parse(bytes.subarray(8, 8 + length), name);
  const data = bytes.subarray(8 + length);
  const tensors = new Map<string, StoredTensor>();
  const ranges: [number, number, string][] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const { dtype, shape, begin, end } = entry(value, key, name);
    const width = dtype === 'F32' ? 4 : 2;
    if (end - begin !== width * size(shape) || begin < 0 || end > data.length)
      throw new RangeError(
        `${name}: ${key} of shape [${shape}] and type ${dtype} lies at ${begin} to ${end} of ${data.length} bytes; the file is cut or damaged`,
      );
    ranges.push([begin, end, key]);
    tensors.set(key, { shape, values: decode(data.subarray(begin, end), dtype) });
  }
  ranges.sort(([a], [b]) => a - b);
  for (const [i, [begin, , key]] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before && begin < before[1]) throw new RangeError(`${name}: ${key} overlaps ${before[2]}; the file is damaged`);
  }
  return { tensors, metadata: texts(header.__metadata__) };
}

function parse(bytes: Uint8Array, name: string): { [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new RangeError(`${name}: its header is no JSON; the file is damaged`, { cause: error });
  }
  throw new RangeError(`${name}: its header is no record; the file is damaged`);
}

type Dtype = 'F32' | 'F16' | 'BF16';

function entry(value: unknown, key: string, name: string) {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as { [field: string]: unknown };
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(range) || range.length !== 2)
    throw new RangeError(`${name}: ${key} has no shape and range of whole numbers; the file is damaged`);
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16')
    throw new TypeError(`${name}: ${key} is of type ${dtype}; F32, F16 and BF16 can be read`);
  const [begin = 0, end = 0] = range;
  return { dtype: dtype satisfies Dtype as Dtype, shape, begin, end };
}

function decode(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const copy = new Uint8Array(bytes); // aligned, and the file can go; a Buffer's slice would be no copy
  if (dtype === 'F32') return new Float32Array(copy.buffer);
  const halves = new Uint16Array(copy.buffer);
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

const texts = (value: unknown): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
