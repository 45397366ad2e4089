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
  /** Whether nobody else holds them. */
  readonly alone: () => boolean;
  /** The same numbers for one holder more: they are given back with the last. */
  readonly again: () => HeldHere;
}

/** Numbers at an address that was taken for them: they are given back with it. */
export function heldAt(
  heap: Heap,
  address: number,
  form: Pick<Held, 'shape' | 'dtype'>,
  holders = { count: 1 },
): HeldHere {
  const { shape, dtype } = form;
  const count = product(shape);
  return {
    owner: heap,
    address,
    shape,
    dtype,
    read: () => get(heap, address, count, dtype),
    dispose: () => {
      if (--holders.count === 0) heap.give(address);
    },
    alone: () => holders.count === 1,
    again: () => {
      holders.count++;
      return heldAt(heap, address, form, holders);
    },
  };
}

/** Whether no number of a place is infinite or none; whole numbers are finite. */
export function isFiniteAt(heap: Heap, address: number, { shape, dtype }: Pick<Held, 'shape' | 'dtype'>): boolean {
  const from = address >>> 2;
  return (
    dtype !== 'float32' ||
    heap
      .floats()
      .subarray(from, from + product(shape))
      .every(Number.isFinite)
  );
}

/** A copy of numbers in memory, at an address that was taken for them. */
export function copied(heap: Heap, from: number, to: number, form: Pick<Held, 'shape' | 'dtype'>): HeldHere {
  heap.words().copyWithin(to >>> 2, from >>> 2, (from >>> 2) + product(form.shape));
  return heldAt(heap, to, form);
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
