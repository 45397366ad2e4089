import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { isBlock } from '../core/block.ts';
import { isWeight } from '../core/weight.ts';
import { mapTensors, type NameKey } from '../tfjs/abstractContainer.ts';

/** Arguments of a call: its tensors, and all else that tells calls apart. */
export interface CallForm {
  /** Shapes, types, and what is no tensor; of two calls with the same key one plan is enough. */
  readonly key: string;
  readonly tensors: readonly Tensor[];
  /** The same arguments with other tensors in the same places. */
  readonly withTensors: (
    make: (shape: readonly number[], dtype: DataType, path: string) => Tensor,
    keys: NameKey,
  ) => readonly unknown[];
}

/** @throws TypeError for an argument, or a part of one, that is neither a tensor nor plain data */
export function formOf(args: readonly unknown[], label: string): CallForm {
  const tensors: Tensor[] = [];
  const key = describe(args, '', tensors, label);
  return {
    key,
    tensors,
    withTensors: (make, keys) => {
      const single = args.length === 1; // its path is then what is in it
      const other = ({ shape, dtype }: Tensor, path: string) => make(shape, dtype, path);
      return single ? [mapTensors(args[0], other, keys)] : (mapTensors(args, other, keys) as readonly unknown[]);
    },
  };
}

const numbers = new WeakMap<object, number>();
let seen = 0;
/** A number for an object that is told apart by identity: a weight, a block, a key of a map. */
function identity(value: object): number {
  const known = numbers.get(value) ?? ++seen;
  numbers.set(value, known);
  return known;
}

/** A value as text, in which tensors are their shape and type; they are added to `tensors` in the order of `mapTensors`. */
function describe(value: unknown, path: string, tensors: Tensor[], label: string): string {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' && !isBlock(value)) throw refused(value, path, label);
    return typeof value === 'function' ? `#${identity(value)}` : `${typeof value} ${JSON.stringify(value) ?? value}`;
  }
  if (isTensor(value)) {
    tensors.push(value);
    return `${value.dtype}[${value.shape}]`;
  }
  if (isWeight(value) || isBlock(value)) return `#${identity(value)}`;
  const inner = (item: unknown, name: string) => describe(item, path === '' ? name : `${path}/${name}`, tensors, label);
  if (Array.isArray(value)) return `[${value.map((item, i) => inner(item, `${i}`))}]`;
  if (value instanceof Map)
    return `Map{${[...value].map(([k, item], i) => `${keyText(k)}:${inner(item, typeof k === 'string' ? k : `${i}`)}`)}}`;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) throw refused(value, path, label);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${inner(item, name)}`)}}`;
}

const keyText = (key: unknown): string =>
  (typeof key === 'object' && key !== null) || typeof key === 'function' ? `#${identity(key)}` : JSON.stringify(key);

const isTensor = (value: object): value is Tensor => 'dataId' in value && 'dtype' in value;

function refused(value: unknown, path: string, label: string): TypeError {
  const what = typeof value === 'function' ? 'a function' : `a ${(value as object).constructor?.name ?? 'thing'}`;
  return new TypeError(
    `${label}: the argument ${path} is ${what}; arguments must be tensors, numbers and texts, or lists, records and maps of ` +
      `them: make a function that has the rest in itself, as compile((x) => model(x, pass))`,
  );
}

/** What a function gave, with places for tensors. */
export interface ResultForm {
  /** Tensors by path, as they were traced. */
  readonly tensors: readonly (readonly [path: string, tensor: Tensor])[];
  /** For each whether it was kept. */
  readonly keeps: readonly boolean[];
  /** The same lists, records and maps with other tensors. */
  readonly of: (tensors: readonly Tensor[]) => unknown;
}

/** A plain record: neither an instance of a class nor a weight or a block. */
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !isWeight(value) &&
  !isBlock(value);

/** Where a tensor goes. */
class Place {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/** Where tensors are in a result. @throws TypeError for a promise */
export function resultForm(result: unknown, keys: NameKey): ResultForm {
  if (result instanceof Promise)
    throw new TypeError('the function returned a promise; it must be synchronous: await what it makes outside of it');
  const tensors: [string, Tensor][] = [];
  const places = mapTensors(
    result,
    (tensor, path) => {
      tensors.push([path, tensor]);
      return new Place(tensors.length - 1);
    },
    keys,
  );
  const fill = (value: unknown, made: readonly Tensor[]): unknown => {
    if (value instanceof Place) return made[value.index];
    if (Array.isArray(value)) return value.map((item) => fill(item, made));
    if (value instanceof Map) return new Map([...value].map(([k, item]) => [k, fill(item, made)]));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, made)]));
  };
  return { tensors, keeps: tensors.map(([, tensor]) => tensor.kept), of: (made) => fill(places, made) };
}
