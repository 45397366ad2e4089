import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type { Graph } from './graph.ts';

/** Numbers of a tensor on the host. */
export interface HostTensor {
  readonly numbers: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A graph that is ready to run. */
export interface Prepared {
  /** In the order of the graph's inputs -> in the order of its outputs. One call at a time. */
  readonly run: (inputs: readonly HostTensor[]) => Promise<readonly HostTensor[]>;
  readonly dispose: () => Promise<void>;
}

/** Something else than tfjs's current backend that runs graphs. */
export interface Target {
  /** For errors. */
  readonly name: string;
  /** Whether it runs a composite op whole. */
  readonly keeps: (op: string) => boolean;
  /** Makes a graph without weights ready; numbers of constants are there. @throws Error for a kernel that it has not */
  readonly prepare: (graph: Graph) => Promise<Prepared>;
}
