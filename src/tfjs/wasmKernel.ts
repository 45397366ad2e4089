import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './wasmHeap.ts';

type Named<Names extends string> = { readonly [N in Names]: TensorInfo };

/** A kernel over the heap: inputs by name, attributes -> a result, or several in order. */
export type Kernel = (
  heap: Heap,
  inputs: { readonly [name: string]: TensorInfo },
  attrs: object,
) => TensorInfo | TensorInfo[];

/** Kernels by the name under which tfjs runs them. */
export type Kernels = { readonly [name: string]: Kernel };

/** A kernel with inputs and attributes of these kinds: what tfjs passes is what its ops and our shape rules checked. */
export const kernel =
  <Names extends string, Attrs = unknown>(
    run: (heap: Heap, inputs: Named<Names>, attrs: Attrs) => TensorInfo | TensorInfo[],
  ): Kernel =>
  (heap, inputs, attrs) =>
    run(heap, inputs as Named<Names>, attrs as Attrs);

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
/** Length of the last axis. */
export const channels = (x: TensorInfo): number => x.shape.at(-1) ?? 1;
/** Product of the other axes. */
export const rows = (x: TensorInfo): number => size(x.shape.slice(0, -1));
/** Batch, pixels of a map, channels. */
export const maps = ({ shape: [b = 0, h = 0, w = 0, c = 0] }: TensorInfo): readonly [number, number, number] => [
  b,
  h * w,
  c,
];

export type Four = [number, number, number, number];
export const four = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): Four => [a, b, c, d];
