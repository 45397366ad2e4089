import { FormatError } from '../data/formatError.ts';
import { checkHeaps } from './hdf5Heaps.ts';

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes begin as an HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte);

/** Numbers in an HDF5 file. */
export interface Hdf5Dataset {
  readonly kind: 'dataset';
  readonly shape: readonly number[];
  /** As safetensors call it: `F32`; undefined for what is no float. */
  readonly dtype: 'F32' | 'F64' | undefined;
  readonly read: () => Float32Array;
}

/** A folder of an HDF5 file. */
export interface Hdf5Group {
  readonly kind: 'group';
  readonly names: readonly string[];
  /** What is at a way of names; undefined where nothing is. @throws FormatError for a damaged place */
  readonly at: (path: string) => Hdf5Dataset | Hdf5Group | undefined;
  /** Texts beside it; undefined where there are none of that name. */
  readonly texts: (attribute: string) => readonly string[] | undefined;
}

export interface Hdf5File {
  readonly root: Hdf5Group;
  readonly close: () => void;
}

/** The calls of h5wasm that are used; its own types are much wider. */
interface Library {
  readonly ready: Promise<{
    readonly FS: {
      readonly writeFile: (path: string, bytes: Uint8Array, options: object) => void;
      readonly unlink: (path: string) => void;
    };
    readonly activate_throwing_error_handler: () => unknown;
  }>;
  readonly File: new (path: string, mode: 'r') => object & { readonly close: () => unknown };
}
interface RawGroup {
  readonly keys: () => string[];
  readonly get: (path: string) => unknown;
  readonly attrs: { readonly [name: string]: { readonly value: unknown } };
}
interface RawDataset {
  readonly metadata: { readonly type: number; readonly size: number };
  readonly shape: readonly number[] | null;
  readonly value: unknown;
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isGroup = (value: unknown): value is RawGroup => isRecord(value) && 'keys' in value && 'attrs' in value;
const isDataset = (value: unknown): value is RawDataset => isRecord(value) && 'metadata' in value && 'shape' in value;

let opened = 0; // files of this process, for names that differ

/**
 * Opens an HDF5 file with h5wasm, which is loaded at the first. The library reads it inside of its own memory.
 *
 * @throws FormatError for a damaged file
 */
export async function openHdf5(bytes: Uint8Array, name: string): Promise<Hdf5File> {
  checkHeaps(bytes, name);
  const library: Library = await import('h5wasm');
  const { FS, activate_throwing_error_handler } = await library.ready;
  activate_throwing_error_handler(); // else it writes to the console, and goes on
  const path = `pyramidion-${opened++}.h5`;
  FS.writeFile(path, bytes, { canOwn: true }); // no copy: it is only read
  const file = guarded(name, () => {
    try {
      return new library.File(path, 'r');
    } catch (error) {
      FS.unlink(path);
      throw error;
    }
  });
  const close = () => {
    try {
      guarded(name, () => file.close());
    } finally {
      FS.unlink(path);
    }
  };
  if (!isGroup(file)) throw new FormatError(`${name}: the HDF5 file has no root`);
  return { root: group(file, name), close };
}

/** Faults that the library finds, in the words of its last line, as one kind of error. */
function guarded<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const said = /#000: .*?: (.*)/.exec(message)?.[1] ?? message.split('\n')[0];
    throw new FormatError(`${name}: the HDF5 file is damaged: ${said}`, { cause: error });
  }
}

function group(raw: RawGroup, name: string): Hdf5Group {
  const names = guarded(name, () => raw.keys());
  const here = new Set(names);
  const at = (path: string): Hdf5Dataset | Hdf5Group | undefined => {
    const [step = '', ...rest] = path.split('/');
    if (!here.has(step)) return undefined; // the library throws for what is not there
    const found = guarded(name, () => raw.get(step));
    if (isDataset(found)) return rest.length === 0 ? dataset(found, `${name}: ${path}`) : undefined;
    if (!isGroup(found)) return undefined;
    const inner = group(found, name);
    return rest.length === 0 ? inner : inner.at(rest.join('/'));
  };
  const texts = (attribute: string) => {
    const found = guarded(name, () => raw.attrs)[attribute];
    if (found === undefined) return undefined;
    const value = guarded(name, () => found.value);
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string');
    return []; // an empty list has no type, and comes as one of numbers
  };
  return { kind: 'group', names, at, texts };
}

const float = 1; // H5T_FLOAT

function dataset(raw: RawDataset, name: string): Hdf5Dataset {
  const { type, size } = guarded(name, () => raw.metadata);
  const shape = guarded(name, () => raw.shape) ?? [];
  const dtype = type !== float ? undefined : size === 4 ? 'F32' : size === 8 ? 'F64' : undefined;
  const read = () => {
    const value = guarded(name, () => raw.value);
    if (value instanceof Float32Array) return value;
    if (value instanceof Float64Array) return Float32Array.from(value);
    if (typeof value === 'number' && dtype) return Float32Array.of(value);
    throw new FormatError(`${name}: is of no type that is read; float32 and float64 are`);
  };
  return { kind: 'dataset', shape, dtype, read };
}
