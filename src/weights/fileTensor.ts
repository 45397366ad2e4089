import { FormatError } from '../data/formatError.ts';

/** A tensor in a file, whose numbers are not looked at before they are asked for. */
export interface FileTensor {
  readonly shape: readonly number[];
  /** As the format calls the type of its numbers: `F32`. */
  readonly dtype: string;
  /** Its numbers in row-major order: a view of the file where they lie so, which nobody may write to. @throws FormatError for numbers that are no floats */
  readonly read: () => Float32Array;
}

/** A file of tensors. */
export interface WeightFile {
  readonly format: 'safetensors' | 'pytorch' | 'keras';
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** Free text by name. */
  readonly metadata: { readonly [name: string]: string };
  /**
   * Brings tensors into memory, part by part; while a part is there, its tensors can be read, and not longer. Without it
   * all are there at once.
   */
  readonly parts?: (names: readonly string[]) => AsyncIterable<readonly string[]>;
  /** Lets the file go; no tensor can be read after it. */
  readonly close: () => void;
}

/** Bytes of a number, by the names of safetensors. */
export const widths: { readonly [dtype: string]: number | undefined } = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
};

/** Bytes of little-endian floats as float32. @throws FormatError for another type */
export function floats(bytes: Uint8Array, dtype: string, name: string): Float32Array {
  const width = widths[dtype] ?? 1;
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes); // a Buffer's slice would be no copy
  const { buffer, byteOffset } = aligned;
  const count = bytes.length / width;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case 'F16':
      return fromHalves(new Uint16Array(buffer, byteOffset, count));
    case 'BF16':
      return fromBrains(new Uint16Array(buffer, byteOffset, count));
    default:
      throw new FormatError(`${name}: is of type ${dtype}; F64, F32, F16 and BF16 are read as weights`);
  }
}

function fromBrains(brains: Uint16Array): Float32Array {
  const bits = new Uint32Array(brains.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (brains[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

function fromHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) values[i] = fromHalf(halves[i] ?? 0);
  return values;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The numbers of a shape; beyond what a file can hold where they are more than can be counted. */
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** PyTorch counts the batches of each batch norm; nothing computes with it. */
export const isCounter = (name: string, { dtype }: FileTensor): boolean =>
  /(^|\.)num_batches_tracked$/.test(name) && /^[IU]\d/.test(dtype);

/** @throws FormatError for the name of a tensor or of a part of a file that no honest writer gives */
export function checkName(name: string, file: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(name))
    throw new FormatError(`${file}: the name '${name}' has control characters; the file is damaged or made to harm`);
  if (name.includes('..'))
    throw new FormatError(`${file}: the name '${name}' has '..'; the file is damaged or made to harm`);
}
