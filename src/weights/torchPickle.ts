import { FormatError } from '../data/formatError.ts';
import { type FileTensor, floats, size, widths } from './fileTensor.ts';
import { type PickleCallable, type PickleRules, type PickleValue, unpickle } from './unpickle.ts';

/** Numbers in a row, which tensors are views of. */
class Storage {
  readonly key: string;
  readonly dtype: string;
  /** Numbers in it. */
  readonly count: number;
  /** Numbers of the storage it is a part of that lie before it. */
  readonly skipped: number;

  constructor(key: string, dtype: string, count: number, skipped: number) {
    this.key = key;
    this.dtype = dtype;
    this.count = count;
    this.skipped = skipped;
  }
}

/** A view of a storage. */
export class TorchTensor {
  readonly storage: Storage;
  /** Numbers of the storage before its first. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Numbers of the storage from one to the next, by axis. */
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

class StorageType {
  readonly dtype: string;
  constructor(dtype: string) {
    this.dtype = dtype;
  }
}

const storageTypes: { readonly [name: string]: string | undefined } = {
  ...{ DoubleStorage: 'F64', FloatStorage: 'F32', HalfStorage: 'F16', BFloat16Storage: 'BF16' },
  ...{ LongStorage: 'I64', IntStorage: 'I32', ShortStorage: 'I16', CharStorage: 'I8', ByteStorage: 'U8' },
  BoolStorage: 'BOOL',
};

/** PyTorch's own limit. */
const mostAxes = 64;

const whole = (value: PickleValue): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const wholes = (value: PickleValue): value is number[] =>
  Array.isArray(value) && value.length <= mostAxes && value.every(whole);

/** The arguments of `torch._utils._rebuild_tensor_v2`. @throws FormatError for a view that leaves its storage */
function tensorOf([storage, offset, shape, strides]: readonly PickleValue[]): TorchTensor {
  if (!(storage instanceof Storage) || !whole(offset) || !wholes(shape) || !wholes(strides))
    throw new FormatError('a tensor is no view of a storage, by at most 64 whole numbers that are not negative');
  if (shape.length !== strides.length)
    throw new FormatError(`a tensor of shape [${shape}] has strides [${strides}]; there must be as many`);
  const numbers = size(shape);
  const last = numbers === 0 ? 0 : shape.reduce((at, side, i) => at + (side - 1) * (strides[i] ?? 0), offset);
  if (numbers > storage.count || last >= Math.max(1, storage.count))
    throw new FormatError(
      `a tensor of shape [${shape}], strides [${strides}] and offset ${offset} leaves its storage of ${storage.count} numbers`,
    );
  return new TorchTensor(storage, offset, shape, strides);
}

const first: PickleCallable = {
  make: ([tensor]) => {
    if (!(tensor instanceof TorchTensor)) throw new FormatError('a parameter is no tensor');
    return tensor;
  },
};
/** Lists that were made a dictionary: each may be once, so that a short pickle cannot ask for a large one many times. */
const used = /* @__PURE__ */ new WeakSet<object>();
const dictionary: PickleCallable = {
  make: ([pairs]) => {
    if (pairs === undefined) return new Map();
    if (!Array.isArray(pairs) || used.has(pairs))
      throw new FormatError('a dictionary is made of what is no list of pairs, or of one list twice');
    used.add(pairs);
    const made = new Map<PickleValue, PickleValue>();
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2) throw new FormatError('a dictionary is made of what are no pairs');
      made.set(pair[0], pair[1]);
    }
    return made;
  },
};

const allowed: { readonly [global: string]: PickleCallable | undefined } = {
  'torch._utils._rebuild_tensor': { make: tensorOf },
  'torch._utils._rebuild_tensor_v2': { make: tensorOf },
  'torch._utils._rebuild_parameter': first,
  'torch._utils._rebuild_parameter_with_state': first,
  'collections.OrderedDict': dictionary,
  'torch.Size': { make: ([sides = []]) => sides },
  'torch.device': { make: ([device]) => device },
};

/** `torch.float32` and such: what a checkpoint says about itself. */
const isDtype = (name: string) => /^(?:b?float|u?int|complex|bool)\d*$/.test(name);

function global(module: string, name: string): PickleValue | undefined {
  const full = `${module}.${name}`;
  if (Object.hasOwn(allowed, full)) return allowed[full];
  if (module !== 'torch') return undefined;
  if (Object.hasOwn(storageTypes, name)) return new StorageType(storageTypes[name] ?? '');
  return isDtype(name) ? full : undefined;
}

/** The storage that a persistent id means: ('storage', type, key, device, count, part of another or None). */
function storageOf(id: PickleValue, name: string): Storage {
  const [what, type, key, , count, part] = Array.isArray(id) ? id : [];
  if (what !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string' || !whole(count))
    throw new FormatError(`${name}: the pickle refers to something outside that is no storage`);
  if (!Array.isArray(part)) return new Storage(key, type.dtype, count, 0);
  const [, skipped, length] = part;
  if (!whole(skipped) || !whole(length) || skipped + length > count)
    throw new FormatError(`${name}: the pickle refers to a part of storage ${key} that leaves its ${count} numbers`);
  return new Storage(key, type.dtype, length, skipped);
}

/**
 * Reads a pickle of PyTorch: tensors, and what lists and dictionaries hold them.
 *
 * @param hear hears of each storage that the pickle refers to
 * @throws FormatError as `unpickle`
 */
export function torchPickle(
  bytes: Uint8Array,
  at: number,
  name: string,
  hear: (key: string, dtype: string) => void = () => {},
) {
  const persistent = (id: PickleValue) => {
    const storage = storageOf(id, name);
    hear(storage.key, storage.dtype);
    return storage;
  };
  const rules: PickleRules = { global, persistent };
  return unpickle(bytes, at, name, rules);
}

/**
 * A tensor with the bytes of its storage.
 *
 * @throws FormatError where the storage holds fewer bytes than the pickle says
 */
export function tensorIn(
  { storage, offset, shape, strides }: TorchTensor,
  stored: Uint8Array,
  name: string,
): FileTensor {
  const { dtype } = storage;
  const width = widths[dtype] ?? 1;
  const end = (storage.skipped + storage.count) * width;
  if (end > stored.length)
    throw new FormatError(
      `${name}: storage ${storage.key} should have ${storage.skipped + storage.count} numbers of type ${dtype}, but there are ${stored.length} bytes; the file is cut or damaged`,
    );
  const numbers = size(shape);
  const bytes = stored.subarray(storage.skipped * width, end);
  const read = () => {
    if (isRowMajor(shape, strides)) {
      const from = offset * width;
      return floats(bytes.subarray(from, from + numbers * width), dtype, name);
    }
    return gather(floats(bytes, dtype, name), { offset, shape, strides });
  };
  return { shape, dtype, read };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const side = shape[i] ?? 1;
    if (side !== 1 && strides[i] !== expected) return false;
    expected *= side;
  }
  return true;
}

/** The numbers of a view, row by row. */
function gather(
  values: Float32Array,
  { offset, shape, strides }: Pick<TorchTensor, 'offset' | 'shape' | 'strides'>,
): Float32Array {
  const out = new Float32Array(size(shape));
  const [inner = 1, step = 0] = [shape.at(-1), strides.at(-1)];
  const index = shape.slice(0, -1).map(() => 0);
  for (let at = 0; at < out.length; at += inner) {
    let from = index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), offset);
    for (let i = 0; i < inner; i++, from += step) out[at + i] = values[from] ?? 0;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return out;
}
