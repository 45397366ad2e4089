import { joinBytes } from '../../src/data/inflate.ts';

/*
 * A small writer of what torch.save writes, and of what it never would. Checked by hand beside PyTorch 2.15: files of
 * both containers with views, strides, shared storages, half and brain floats read the same.
 */

const text = (value: string) => new TextEncoder().encode(value);
const u32 = (value: number) => Uint8Array.of(value, value >> 8, value >> 16, value >>> 24);
const u16 = (value: number) => Uint8Array.of(value, value >> 8);

/** Opcodes of a pickle. */
export const op = {
  proto: (version = 2) => Uint8Array.of(0x80, version),
  stop: Uint8Array.of(0x2e),
  mark: Uint8Array.of(0x28),
  tuple: Uint8Array.of(0x74),
  emptyTuple: Uint8Array.of(0x29),
  emptyDict: Uint8Array.of(0x7d),
  emptyList: Uint8Array.of(0x5d),
  appends: Uint8Array.of(0x65),
  setItems: Uint8Array.of(0x75),
  reduce: Uint8Array.of(0x52),
  build: Uint8Array.of(0x62),
  persistent: Uint8Array.of(0x51),
  none: Uint8Array.of(0x4e),
  no: Uint8Array.of(0x89),
  stackGlobal: Uint8Array.of(0x93),
  tuple1: Uint8Array.of(0x85),
  global: (module: string, name: string) => text(`c${module}\n${name}\n`),
  str: (value: string) => joinBytes([Uint8Array.of(0x58), u32(text(value).length), text(value)]),
  int: (value: number) => joinBytes([Uint8Array.of(0x4a), u32(value)]),
  put: (place: number) => Uint8Array.of(0x71, place),
  get: (place: number) => Uint8Array.of(0x68, place),
};

export interface SavedTensor {
  readonly storage: string;
  readonly type?: string;
  /** Numbers of the storage. */
  readonly count: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const tuple = (items: readonly Uint8Array[]) => joinBytes([op.mark, ...items, op.tuple]);
const ordered = joinBytes([op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce]);

export function tensorPickle({ storage, type = 'FloatStorage', count, offset = 0, shape, strides }: SavedTensor) {
  const id = [op.str('storage'), op.global('torch', type), op.str(storage), op.str('cpu'), op.int(count)];
  const args = [
    joinBytes([tuple(id), op.persistent]),
    op.int(offset),
    tuple(shape.map(op.int)),
    tuple(strides.map(op.int)),
    op.no,
    ordered,
  ];
  return joinBytes([op.global('torch._utils', '_rebuild_tensor_v2'), tuple(args), op.reduce]);
}

/** A legacy file writes one thing more in the id of a storage: which it is a part of. */
const legacyTensor = (tensor: SavedTensor) => {
  const plain = tensorPickle(tensor);
  const { type = 'FloatStorage', storage, count } = tensor;
  const id = [op.str('storage'), op.global('torch', type), op.str(storage), op.str('cpu'), op.int(count)];
  const from = joinBytes([op.global('torch._utils', '_rebuild_tensor_v2'), op.mark]).length;
  return joinBytes([plain.subarray(0, from), tuple([...id, op.none]), plain.subarray(from + tuple(id).length)]);
};

export function dictionary(items: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  return joinBytes([op.emptyDict, op.mark, ...items.flatMap(([key, value]) => [op.str(key), value]), op.setItems]);
}

/** An ordered dictionary with attributes, as `state_dict()` gives. */
export function stateOf(items: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const set = [op.mark, ...items.flatMap(([key, value]) => [op.str(key), value]), op.setItems];
  return joinBytes([ordered, ...set, dictionary([['_metadata', ordered]]), op.build]);
}

export const pickle = (value: Uint8Array, version = 2) => joinBytes([op.proto(version), value, op.stop]);

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly method?: number;
  /** As the directory says it. */
  readonly size?: number;
  readonly header?: number;
}

/** A zip file that stores, with the directory that is asked for. */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, method = 0, size = bytes.length, header = at } of entries) {
    const name8 = text(name);
    const local = [
      text('PK\x03\x04'),
      u16(0),
      u16(0),
      u16(method),
      u32(0),
      u32(0),
      u32(size),
      u32(size),
      u16(name8.length),
    ];
    const part = joinBytes([...local, u16(0), name8, bytes]);
    const facts = [
      text('PK\x01\x02'),
      u16(0),
      u16(0),
      u16(0),
      u16(method),
      u32(0),
      u32(0),
      u32(bytes.length),
      u32(size),
    ];
    const rest = [u16(name8.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(header), name8];
    directory.push(joinBytes([...facts, ...rest]));
    parts.push(part);
    at += part.length;
  }
  const whole = joinBytes(directory);
  const end = [
    text('PK\x05\x06'),
    u32(0),
    u16(entries.length),
    u16(entries.length),
    u32(whole.length),
    u32(at),
    u16(0),
  ];
  return joinBytes([...parts, whole, ...end]);
}

type Storages = { readonly [key: string]: ArrayBufferView };
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);

/** What `torch.save` writes since PyTorch 1.6. */
export const zipped = (value: Uint8Array, storages: Storages = {}): Uint8Array =>
  zip([
    { name: 'archive/data.pkl', bytes: pickle(value) },
    { name: 'archive/byteorder', bytes: text('little') },
    ...Object.entries(storages).map(([key, numbers]) => ({ name: `archive/data/${key}`, bytes: bytesOf(numbers) })),
    { name: 'archive/version', bytes: text('3\n') },
  ]);

const magic = joinBytes([
  Uint8Array.of(0x8a, 10),
  Uint8Array.of(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
]);

/** What it wrote before: pickles, then each storage after its count. */
export function legacy(tensors: readonly (readonly [string, SavedTensor])[], storages: Storages): Uint8Array {
  const value = stateOf(tensors.map(([name, tensor]) => [name, legacyTensor(tensor)]));
  const facts = dictionary([['little_endian', Uint8Array.of(0x88)]]);
  const keys = joinBytes([op.emptyList, op.mark, ...Object.keys(storages).map(op.str), op.appends]);
  const width = (key: string) =>
    tensors.find(([, { storage }]) => storage === key)?.[1].type === 'LongStorage' ? 8 : 4;
  const numbers = Object.entries(storages).map(([key, view]) =>
    joinBytes([u32(view.byteLength / width(key)), u32(0), bytesOf(view)]),
  );
  return joinBytes([...[magic, op.int(1001), facts, value, keys].map((part) => pickle(part)), ...numbers]);
}
