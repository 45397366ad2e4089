import type { DataType } from '@tensorflow/tfjs-core';
import type { SpecOf, TensorSpec } from '../tfjs/abstractContainer.ts';
import { liveNodes, type Value } from './graph.ts';
import { memoryOf } from './memory.ts';
import { preparationOf } from './preparation.ts';
import { record, type TraceOptions } from './record.ts';
import { type Counted, ofBlocks, ofModel } from './summaryCounted.ts';
import { type Flow, flowOf } from './summaryFlow.ts';
import { type GraphModelLike, isModel, type LayersModelLike, opened } from './summaryModel.ts';
import { type BlockSummary, type Tally, tree } from './summaryTree.ts';

export type { Flow, FlowEdge, FlowNode } from './summaryFlow.ts';
export type { GraphModelLike, LayersModelLike } from './summaryModel.ts';
export type { BlockSummary, LevelSummary, Tally } from './summaryTree.ts';

export interface SummaryOptions extends TraceOptions {
  /** How many steps of a place are told apart: 1 for `backbone`, 2 for `backbone/stage1`. Default 2. */
  readonly depth?: number;
  /** What the whole is called. Default `model`. */
  readonly name?: string;
}

/** Inputs of a model of TensorFlow.js: one, a list, or by name. */
export type ModelSpecs = TensorSpec | readonly TensorSpec[] | { readonly [name: string]: TensorSpec };

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

/** A model in numbers. Plain data: `JSON.stringify` writes it whole, and `networkMapSvg` draws it, from a file too. */
export interface Summary extends Tally {
  /** Which form of summary this is; a form with other fields has another number. */
  readonly format: 'pyramidion-summary/1';
  readonly inputs: readonly InputSummary[];
  readonly outputs: readonly ValueSummary[];
  readonly memory: MemorySummary;
  /** The whole, and in it what it is made of, as deep as was asked for. */
  readonly root: BlockSummary;
  /** How its maps go from block to block, whatever the depth. */
  readonly flow: Flow;
}

/**
 * Shapes, parameters, products and memory of a model or of any function of tensors, by block and by level, before anything
 * is allocated: `summary(detector, [1, 512, 640, 3])`. It counts what runs: a weight that nothing reads is not there.
 *
 * @param inputs as for `trace`
 * @throws RangeError for a depth that is not a whole number of at least 0; what `trace` throws
 */
export function summary<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options?: SummaryOptions): Summary;
/**
 * The same of a `tf.GraphModel` or a `tf.LayersModel`, whose weights are counted as parameters (running means and variances
 * of batch norms as statistics) at the places that their names give: `block1/conv` has `block1/conv/kernel`.
 *
 * @param inputs a shape, or shapes in a list or by name, as the model takes them
 */
export function summary(model: GraphModelLike | LayersModelLike, inputs: ModelSpecs, options?: SummaryOptions): Summary;
export function summary(
  subject: ((input: never) => unknown) | GraphModelLike | LayersModelLike,
  inputs: SpecOf<unknown>,
  options: SummaryOptions = {},
): Summary {
  const { depth = 2, name = 'model', label = 'summary' } = options;
  if (!(depth >= 0)) throw new RangeError(`${label}: depth is ${depth}; it must be a number of at least 0`);
  const model = isModel(subject) ? opened(subject) : undefined;
  // The overloads tie the inputs to what takes them.
  const run = (model?.run ?? subject) as (input: unknown) => unknown;
  const root = model?.root ? { root: model.root } : {};
  const recorded = record(run, inputs, { ...root, ...options, label });
  const { graph, weights, calls } = model ? ofModel(recorded, model) : ofBlocks(recorded);
  return summarized({ graph, weights, calls, plainBytes: recorded.plainBytes }, name, depth);
}

function summarized(counted: Counted & { readonly plainBytes: number }, name: string, depth: number): Summary {
  const { graph, weights, calls, plainBytes } = counted;
  const nodes = liveNodes(graph);
  const root = tree({ name, depth, nodes, weights: [...weights.values()], calls });
  const { parameters, frozen, statistics, macs, kernels } = root;
  const plain = ({ shape, dtype }: Value) => ({ shape, dtype });
  return {
    format: 'pyramidion-summary/1',
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
    memory: { ...memoryOf(graph), plainBytes, weightBytes: 4 * (parameters + statistics) }, // float32
    root,
    flow: flowOf(graph, calls, (value) => (weights.get(value)?.shape ?? [0]).reduce((a, b) => a * b, 1)),
  };
}
