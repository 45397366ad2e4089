import type { DataType } from '@tensorflow/tfjs-core';
import type { SpecOf } from '../tfjs/abstractContainer.ts';
import { liveNodes, type Value, weightsOf } from './graph.ts';
import { memoryOf } from './memory.ts';
import { preparationOf } from './preparation.ts';
import { record, type TraceOptions } from './record.ts';
import { type BlockSummary, type Tally, tree } from './summaryTree.ts';

export type { BlockSummary, LevelSummary, Tally } from './summaryTree.ts';

export interface SummaryOptions extends TraceOptions {
  /** How many steps of a place are told apart: 1 for `backbone`, 2 for `backbone/stage1`. Default 2. */
  readonly depth?: number;
  /** What the whole is called. Default `model`. */
  readonly name?: string;
}

/** What goes in or comes out. */
export interface ValueSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export interface InputSummary extends ValueSummary {
  /** Arithmetic with constants that it goes through first: `- 127.5, / 128`; empty where it is used as it is. */
  readonly preparation: string;
}

/** Bytes; weights are not counted, except in `weightBytes`. */
export interface MemorySummary {
  /** The most at once, where each value is freed after its last use, as a compiled model does. Inputs and outputs stay. */
  readonly peakBytes: number;
  /** The kernel at which that is, and its block's place. */
  readonly peakAt: { readonly op: string; readonly place: string } | undefined;
  /** The most at once on a backend of tfjs, which frees at the end of each block and keeps what a gradient will read. */
  readonly plainBytes: number;
  /** The sum of all results: what one tf.tidy around plain ops holds at its end. */
  readonly allBytes: number;
  /** Weights and statistics. */
  readonly weightBytes: number;
}

/** A model in numbers. Plain data: `JSON.stringify` writes it whole. */
export interface Summary extends Tally {
  readonly inputs: readonly InputSummary[];
  readonly outputs: readonly ValueSummary[];
  readonly memory: MemorySummary;
  /** The whole, and in it what it is made of, as deep as was asked for. */
  readonly root: BlockSummary;
}

/**
 * Shapes, parameters, products and memory of a model or of any function of tensors, by block and by level, before anything
 * is allocated: `summary(detector, [1, 512, 640, 3])`. It counts what runs: a weight that nothing reads is not there.
 *
 * @param inputs as for `trace`
 * @throws RangeError for a depth that is not a whole number of at least 0; what `trace` throws
 */
export function summary<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options: SummaryOptions = {}): Summary {
  const { depth = 2, name = 'model', label = 'summary' } = options;
  if (!(depth >= 0)) throw new RangeError(`${label}: depth is ${depth}; it must be a number of at least 0`);
  const { graph, calls, plainBytes } = record(run, inputs, { ...options, label });
  const nodes = liveNodes(graph);
  const weights = weightsOf(graph);
  const root = tree({ name, depth, nodes, weights, calls });
  const { parameters, frozen, statistics, macs, kernels } = root;
  const weightBytes = 4 * (parameters + statistics); // float32
  const plain = ({ shape, dtype }: Value) => ({ shape, dtype });
  return {
    inputs: [...graph.inputs.values()].map((value) => ({
      name: value.name,
      ...plain(value),
      preparation: preparationOf({ ...graph, nodes }, value),
    })),
    outputs: [...graph.outputs].map(([path, value]) => ({ name: path, ...plain(value) })),
    parameters,
    frozen,
    statistics,
    macs,
    kernels,
    memory: { ...memoryOf(graph), plainBytes, weightBytes },
    root,
  };
}
