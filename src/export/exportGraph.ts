import { type HasParts, isBlock } from '../core/block.ts';
import { mapSpecs, type SpecOf } from '../tfjs/abstractContainer.ts';
import { type BatchMarks, traceBatch } from '../trace/batch.ts';
import { dropDead } from '../trace/dropDead.ts';
import { dropNoops } from '../trace/dropNoops.ts';
import { foldBatchNorm } from '../trace/foldBatchNorm.ts';
import { foldConstants } from '../trace/foldConstants.ts';
import { fuseActivation } from '../trace/fuseActivation.ts';
import type { Graph, Node } from '../trace/graph.ts';
import { lower } from '../trace/lower.ts';
import { mergeEqual } from '../trace/mergeEqual.ts';
import { trace } from '../trace/trace.ts';
import { weightsToConstants } from '../trace/weightsToConstants.ts';

/** How a function is read before it is written in another form. */
export interface ExportOptions {
  /** `free`: any number of images, the first side of the inputs. `fixed`: that of the inputs given. Default `free`. */
  readonly batch?: 'free' | 'fixed';
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
}

/** A graph without weights and unknown ops, ready to be written. */
export interface Exported {
  readonly graph: Graph;
  /** What depends on the batch; undefined where it is fixed. */
  readonly marks: BatchMarks | undefined;
}

/**
 * Traces a function, folds what is constant, batch norms too, and replaces composite ops that the target has not.
 *
 * @param keep whether the target knows a composite op
 */
export function exportGraph<In, Out>(
  run: (input: In) => Out,
  inputs: SpecOf<In>,
  { batch = 'free', label, keep, ...options }: ExportOptions & { label: string; keep: (op: string) => boolean },
): Exported {
  if (batch !== 'free' && batch !== 'fixed')
    throw new RangeError(`${label}: batch is ${JSON.stringify(batch)}; it must be 'free' or 'fixed'`);
  const root = options.root ?? (isBlock(run) ? run : undefined);
  const tracing = { label, ...(root && { root }) };
  const passes = (graph: Graph) => dropNoops(lower(alike(graph), keep));
  if (batch === 'fixed') {
    const graph = mergeEqual(passes(trace(run, inputs, tracing)));
    return { graph: foldConstants(weightsToConstants(graph)), marks: undefined };
  }
  const { graph, batch: marks } = withOwnNumbers(
    () => traceBatch(run, several(inputs), { ...tracing, passes }),
    () => trace(run, inputs, tracing),
  );
  const depends = ({ outputs: [result] }: Node) =>
    result !== undefined && (marks.sides.has(result) || marks.attrs.has(result));
  return { graph: foldConstants(weightsToConstants(graph), depends), marks };
}

/** Of an error that every batch has, the one that says the sides that the caller gave. */
function withOwnNumbers<T>(work: () => T, again: () => unknown): T {
  try {
    return work();
  } catch (error) {
    again();
    throw error;
  }
}

/** Passes that do the same for every batch; `mergeEqual` may not, since a batch of one looks like a side of one. */
const alike = (graph: Graph): Graph =>
  [dropDead, dropNoops, foldBatchNorm, fuseActivation].reduce((now, pass) => pass(now), graph);

/** The same inputs with two images in the place of one, so that no op takes a short cut that only one image allows. */
function several<In>(inputs: SpecOf<In>): SpecOf<In> {
  let batch: number | undefined;
  return mapSpecs<In>(inputs, (shape) => {
    const [first, ...rest] = shape;
    if (first === undefined) return shape;
    batch ??= first;
    return first === batch ? [Math.max(2, first), ...rest] : shape;
  });
}
