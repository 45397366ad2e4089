import { mapSpecs, type SpecOf } from '../tfjs/abstractContainer.ts';
import { compareGraphs, type Difference } from './compare.ts';
import type { Graph, Value } from './graph.ts';
import type { TraceOptions } from './record.ts';
import { trace } from './trace.ts';

/** A number that grows with the batch: `perImage * batch + fixed`. */
export interface BatchNumber {
  readonly perImage: number;
  readonly fixed: number;
}

/** A number among a kernel's attributes: the first side of `shape` is at `['shape', 0]`. */
export interface BatchAttr extends BatchNumber {
  readonly path: readonly (string | number)[];
}

/** Which numbers of a graph depend on the batch. A pass that keeps a value keeps its marks, by identity. */
export interface BatchMarks {
  /** Sides by axis, undefined where fixed; only values of which a side depends. */
  readonly sides: ReadonlyMap<Value, readonly (BatchNumber | undefined)[]>;
  /** Attributes of the node that makes a value, under its first result; only of nodes that have some. */
  readonly attrs: ReadonlyMap<Value, readonly BatchAttr[]>;
}

export interface BatchOptions extends TraceOptions {
  /**
   * Passes over the graph before its batch is marked. All that make values anew must be here (`lower`, `optimize`); those
   * that keep values and attributes may run later (`weightsToConstants`, and `foldConstants` if it keeps marked nodes).
   */
  readonly passes?: (graph: Graph) => Graph;
  /** Whether the first side of an input is the batch. Default: where it equals that of the first input with sides. */
  readonly batched?: (path: string, shape: readonly number[]) => boolean;
}

export interface BatchTrace {
  /** For the batch that was given. */
  readonly graph: Graph;
  readonly batch: BatchMarks;
}

/**
 * Traces a function for the batch that was given and for one more, and marks what differs: the graph then stands for
 * every batch. Exporters write marked sides as free, and marked attributes by the batch. Give a batch of 2 or more where
 * a single image may be treated apart, as by a tile that repeats it once.
 *
 * @throws RangeError where no input has a batch; Error where the two differ in more than sizes, naming the place
 */
export function traceBatch<In, Out>(
  run: (input: In) => Out,
  inputs: SpecOf<In>,
  { passes = (graph) => graph, batched, ...options }: BatchOptions = {},
): BatchTrace {
  const { label = 'traceBatch' } = options;
  let batch: number | undefined;
  const larger = mapSpecs<In>(inputs, (shape, path) => {
    const [first] = shape;
    if (first === undefined) return shape;
    if (!(batched ? batched(path, shape) : first === (batch ?? first))) return shape;
    if (batch !== undefined && batch !== first)
      throw new RangeError(`${label}: the input ${path} is a batch of ${first}, one before it a batch of ${batch}`);
    batch = first;
    return [first + 1, ...shape.slice(1)];
  });
  if (batch === undefined) throw new RangeError(`${label}: no input has a batch; its first side must be one`);
  const graph = passes(trace(run, inputs, { ...options, label }));
  return { graph, batch: markBatch(graph, passes(trace(run, larger, { ...options, label })), batch, label) };
}

/**
 * Marks what differs between a graph for a batch and the same for one image more, both after the same passes.
 *
 * @throws Error where they differ in more than sizes, naming the place
 */
export function markBatch(graph: Graph, larger: Graph, batch: number, label = 'markBatch'): BatchMarks {
  const grows = ({ from, to }: Difference): BatchNumber => ({ perImage: to - from, fixed: from - (to - from) * batch });
  const { sides, attrs } = compareGraphs(graph, larger, label);
  return {
    sides: new Map([...sides].map(([value, list]) => [value, list.map((side) => side && grows(side))])),
    attrs: new Map(
      [...attrs].map(([value, list]) => [value, list.map(({ path, ...numbers }) => ({ path, ...grows(numbers) }))]),
    ),
  };
}
