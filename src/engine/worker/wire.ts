import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type { Graph, WeightValue } from '../../trace/graph.ts';
import { withValues } from '../../trace/rewrite.ts';
import type { Donated } from '../../trace/target.ts';
import { constantNumbers } from '../run/constantNumbers.ts';
import type { EngineOptions } from '../wasmEngine.ts';

/** Numbers that go to the worker, or the name of some that are there. */
export type Given =
  | { readonly held: number; readonly lent: boolean }
  | { readonly numbers: TypedArray; readonly shape: readonly number[]; readonly dtype: DataType };

/** Tells the numbers of a weight from those that it had before. */
export type Stamp = number | string;

/** The numbers that a weight has from now on. */
export interface GivenWeight {
  readonly id: number;
  readonly stamp: Stamp;
  readonly given: Given;
}

/** What the worker is told; it does one after the other. */
export type Request =
  | ({ kind: 'start'; module: WebAssembly.Module } & Required<EngineOptions>)
  | { kind: 'prepare'; plan: number; graph: Graph; donated: Donated | undefined }
  | {
      kind: 'run';
      plan: number;
      inputs: readonly Given[];
      /** Those whose numbers have moved since the last run of any plan. */
      weights: readonly GivenWeight[];
      /** Names of the results. */
      results: readonly number[];
    }
  | { kind: 'free'; held: readonly number[] }
  | { kind: 'drop'; plan: number /** Of weights that no other plan reads. */; forget: readonly number[] }
  | { kind: 'read'; held: number; call: number }
  | { kind: 'memory'; call: number };

/** What it answers. */
export type Answer =
  | { kind: 'started'; kernels: readonly string[] }
  | { kind: 'failed'; error: Failure }
  | { kind: 'planned'; plan: number; bytes: number }
  | { kind: 'answer'; call: number; value: TypedArray | EngineBytes }
  | { kind: 'refused'; call: number; error: Failure };

export interface EngineBytes {
  readonly used: number;
  readonly grown: number;
}

/** An error between threads. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

export const failureOf = (error: unknown): Failure =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };

/** The error of a failure, of the same kind. */
export function errorOf({ name, message }: Failure): Error {
  if (name === 'RangeError') return new RangeError(message);
  return name === 'TypeError' ? new TypeError(message) : new Error(message);
}

/** Which weight it is, in the place of the weight. */
export interface WeightId {
  readonly id: number;
}

/**
 * A graph that can be sent: constants are numbers, and a weight is nothing but which it is. An object that stands in several
 * places is one there too.
 *
 * @throws Error for a constant that was disposed, or is text
 */
export const sendable = (graph: Graph, idOf: (weight: WeightValue['weight']) => WeightId): Graph =>
  withValues(graph, (value) => {
    if (value.kind === 'constant') return { ...value, numbers: constantNumbers(value) };
    return value.kind === 'weight' ? standIn(value, idOf(value.weight)) : value;
  });

/** What stands for a weight in a plan is told apart by identity alone. */
export const standIn = (value: WeightValue, object: WeightId): WeightValue => ({
  ...value,
  weight: object as unknown as WeightValue['weight'],
});

/** Which one it is that stands in a graph that was sent. */
export const idOf = ({ weight }: WeightValue): number => (weight as unknown as WeightId).id;

/** A graph that was sent, in which each weight is the object that `known` has for it. */
export const received = (graph: Graph, known: Map<number, WeightId>): Graph =>
  withValues(graph, (value) => {
    if (value.kind !== 'weight') return value;
    const id = idOf(value);
    const object = known.get(id) ?? { id };
    known.set(id, object);
    return standIn(value, object);
  });
