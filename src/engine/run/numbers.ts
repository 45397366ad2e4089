import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type { Held, HostTensor } from '../../trace/target.ts';
import { product } from '../plan/emit.ts';
import type { Heap } from './heap.ts';

/** Puts numbers into memory: 4 bytes each, float32 as they are, others as whole numbers. */
export function put(heap: Heap, at: number, numbers: TypedArray): void {
  if (numbers instanceof Float32Array) heap.floats().set(numbers, at >>> 2);
  else heap.words().set(numbers, at >>> 2);
}

/** A copy of numbers in memory. */
function get(heap: Heap, at: number, count: number, dtype: DataType): TypedArray {
  const from = at >>> 2;
  if (dtype === 'float32') return heap.floats().slice(from, from + count);
  const whole = heap.words().slice(from, from + count);
  return dtype === 'bool' ? Uint8Array.from(whole, (n) => (n ? 1 : 0)) : whole;
}

/** Numbers of an engine, and where. */
export interface HeldHere extends Held {
  readonly address: number;
}

/** Numbers at an address that was taken for them: they are given back with it. */
export function heldAt(heap: Heap, address: number, { shape, dtype }: Pick<Held, 'shape' | 'dtype'>): HeldHere {
  const count = product(shape);
  return {
    owner: heap,
    address,
    shape,
    dtype,
    read: () => get(heap, address, count, dtype),
    dispose: () => heap.give(address),
  };
}

/** A copy of numbers in memory, in memory. */
export function hold(heap: Heap, at: number, form: Pick<Held, 'shape' | 'dtype'>): HeldHere {
  const count = product(form.shape);
  const address = heap.take(4 * count, 'a result');
  heap.words().copyWithin(address >>> 2, at >>> 2, (at >>> 2) + count);
  return heldAt(heap, address, form);
}

export const isHere = (heap: Heap, given: HostTensor | Held): given is HeldHere =>
  'owner' in given && given.owner === heap && 'address' in given;

/** Brings numbers to an address, from wherever they are. */
export function bring(heap: Heap, at: number, given: HostTensor | Held): void {
  if (isHere(heap, given)) {
    const from = given.address >>> 2;
    heap.words().copyWithin(at >>> 2, from, from + product(given.shape));
  } else put(heap, at, 'owner' in given ? given.read() : given.numbers);
}
