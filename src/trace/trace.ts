import type { SpecOf } from '../tfjs/abstractContainer.ts';
import type { Graph } from './graph.ts';
import { record, type TraceOptions } from './record.ts';

export type { TraceOptions } from './record.ts';

/**
 * Runs a function of tensors without numbers and writes down its kernels: shapes and types by rules, weights as symbols,
 * composite ops whole. Nothing is allocated.
 *
 * @param run gets tensors in the lists, records and maps of `inputs` and gives such containers back
 * @param inputs a shape, or a shape and type, for each tensor: `[1, 224, 224, 3]`, `{ image: [...], rate: [] }`. All that
 *   changes from run to run must be here, random numbers too: those drawn inside become constants
 * @throws what `abstractly` and the function throw, naming the block; TypeError for a result that is not of tensors
 */
export function trace<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options: TraceOptions = {}): Graph {
  return record(run, inputs, options).graph;
}
