import { type DataType, Tensor } from '@tensorflow/tfjs-core';
import { isBlock } from '../core/block.ts';
import { isWeight } from '../core/weight.ts';

/** What stands for a tensor: its shape, of float32 numbers, or shape and type; a tensor says both of itself. */
export type TensorSpec =
  | readonly number[]
  | {
      readonly shape: readonly number[];
      /** Default `float32`. */
      readonly dtype?: DataType;
    };

/** The same lists, records and maps with a spec for each tensor. */
export type SpecOf<T> = T extends Tensor
  ? TensorSpec
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, SpecOf<V>>
    : { readonly [K in keyof T]: SpecOf<T[K]> };

/** The same lists, records and maps with a shape for each tensor. */
export type ShapesOf<T> = T extends Tensor
  ? readonly number[]
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, ShapesOf<V>>
    : T extends object
      ? { readonly [K in keyof T]: ShapesOf<T[K]> }
      : T;

export type NameKey = (key: unknown, index: number) => string;
const stringOf: NameKey = (key, index) => (typeof key === 'string' ? key : `${index}`);

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Promise);

type Leaf = (value: unknown, path: string) => { readonly is: unknown } | undefined;

/**
 * The same container with another thing in each place. `leaf` says what becomes of a value, by its path, or gives
 * undefined for a container that is to be entered.
 */
function mapContainer(value: unknown, leaf: Leaf, key: NameKey, path = ''): unknown {
  if (value === undefined) return undefined;
  const found = leaf(value, path);
  if (found) return found.is;
  const next = (item: unknown, name: string) => mapContainer(item, leaf, key, path === '' ? name : `${path}/${name}`);
  if (Array.isArray(value)) return value.map((item, i) => next(item, `${i}`));
  if (value instanceof Map) return new Map([...value].map(([k, item], i) => [k, next(item, key(k, i))]));
  return Object.fromEntries(Object.entries(value as object).map(([name, item]) => [name, next(item, name)]));
}

/** Puts a tensor in each place of a container of specs. @throws TypeError for anything else in it, naming it */
export function fromSpecs<T>(
  specs: SpecOf<T>,
  make: (shape: readonly number[], dtype: DataType, path: string) => Tensor,
  key: NameKey = stringOf,
): T {
  const leaf: Leaf = (value, path) => {
    const spec = specIn(value, path);
    return spec && { is: make(spec.shape, spec.dtype, path) };
  };
  return mapContainer(specs, leaf, key) as T; // each spec was replaced by a tensor, as SpecOf says
}

/** The same container of specs with other shapes. @throws as `fromSpecs` */
export function mapSpecs<T>(
  specs: SpecOf<T>,
  other: (shape: readonly number[], path: string) => readonly number[],
): SpecOf<T> {
  const leaf: Leaf = (value, path) => {
    const spec = specIn(value, path);
    return spec && { is: { ...spec, shape: other(spec.shape, path) } };
  };
  return mapContainer(specs, leaf, stringOf) as SpecOf<T>;
}

/** What a value says of a tensor; undefined for a container. @throws TypeError for anything else, naming it */
function specIn(value: unknown, path: string): { shape: readonly number[]; dtype: DataType } | undefined {
  if (Array.isArray(value) && value.every((side) => typeof side === 'number'))
    return { shape: checked(value, path), dtype: 'float32' };
  if (isRecord(value) && 'shape' in value && Array.isArray(value.shape)) {
    const { shape, dtype = 'float32' } = value as { shape: readonly number[]; dtype?: DataType };
    return { shape: checked(shape, path), dtype };
  }
  if (isRecord(value)) return undefined;
  throw new TypeError(
    `the input ${path} is ${describe(value)}; it must be a shape, a { shape, dtype } or lists, records and maps of them`,
  );
}

function checked(shape: readonly number[], path: string): readonly number[] {
  if (shape.every((side) => Number.isInteger(side) && side >= 0)) return shape;
  throw new RangeError(
    `the input${path && ` ${path}`} has the shape [${shape}]; its sides must be whole numbers of at least 0`,
  );
}

/** Every tensor of a container, by path. @throws TypeError for anything else in it, naming it */
export function* tensorsOf(value: unknown, key: NameKey = stringOf): Generator<[path: string, tensor: Tensor]> {
  const found: [string, Tensor][] = [];
  mapContainer(
    value,
    (item, path) => {
      if (item instanceof Tensor) {
        found.push([path, item]);
        return { is: item };
      }
      if (isRecord(item)) return undefined;
      throw new TypeError(
        `the result${path && ` ${path}`} is ${describe(item)}; it must be a tensor or lists, records and maps of tensors`,
      );
    },
    key,
  );
  yield* found;
}

/**
 * The same lists, records and maps with another thing for each tensor. What else is in them stays the same object:
 * numbers, texts, weights, blocks, instances of classes.
 */
export function mapTensors(
  value: unknown,
  other: (tensor: Tensor, path: string) => unknown,
  key: NameKey = stringOf,
): unknown {
  const leaf: Leaf = (item, path) => {
    if (item instanceof Tensor) return { is: other(item, path) };
    return isContainer(item) ? undefined : { is: item };
  };
  return mapContainer(value, leaf, key);
}

/** Whether tensors are looked for inside. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isWeight(value) || isBlock(value)) return false;
  const kind: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || value instanceof Map || kind === Object.prototype || kind === null;
}

/** Shapes in the place of tensors; what is no tensor stays. */
export const shapesOf = <T>(value: T): ShapesOf<T> =>
  mapContainer(
    value,
    (item) => (item instanceof Tensor ? { is: [...item.shape] } : isRecord(item) ? undefined : { is: item }),
    stringOf,
  ) as ShapesOf<T>;

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return ArrayBuffer.isView(value) ? 'a typed array' : `a ${typeof value}`;
}
