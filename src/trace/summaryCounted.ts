import { type Graph, liveNodes, type Value, type WeightValue, weightsOf } from './graph.ts';
import type { BlockCall, Recording } from './record.ts';
import { type Opened, placed } from './summaryModel.ts';
import type { CountedWeight } from './summaryTree.ts';

/** A graph whose kernels have places, and what is to be counted at them. */
export interface Counted {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<Value, CountedWeight>;
  readonly calls: readonly BlockCall[];
}

/** Weights and calls of blocks. */
export function ofBlocks({ graph, calls }: Recording): Counted {
  const counted = ({ name: place, shape, weight: { kind, trainable } }: WeightValue) => ({
    place,
    shape,
    kind,
    trainable,
  });
  return { graph, calls, weights: new Map(weightsOf(graph).map((value) => [value, counted(value)])) };
}

/** Those of a model of TensorFlow.js; a LayersModel may have blocks of ours inside. */
export function ofModel(recorded: Recording, model: Opened): Counted {
  const own = placed({ ...recorded.graph, nodes: liveNodes(recorded.graph) }, model);
  const blocks = ofBlocks(recorded);
  return {
    graph: own.graph,
    calls: [...blocks.calls, ...own.calls],
    weights: new Map([...blocks.weights, ...own.weights]),
  };
}
