import { keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { hasWhole } from '../tfjs/compositeBody.ts';
import { fusesSwish } from '../tfjs/fusesSwish.ts';
import { dropNoops } from './dropNoops.ts';
import { fuseSwish } from './fuseSwish.ts';
import type { Graph, Value } from './graph.ts';
import { lower } from './lower.ts';
import { mergeEqual } from './mergeEqual.ts';
import { simplify } from './optimize.ts';
import { replay } from './replay.ts';
import { standing } from './standing.ts';

/** The graph as the current backend runs it best: composite ops whole where it has a kernel for them, else as their body. */
export function forBackend(graph: Graph): Graph {
  const simple = simplify(graph);
  const known = fusesSwish() ? fuseSwish(simple) : simple;
  const lowered = lower(known, hasWhole);
  return lowered === known ? known : mergeEqual(dropNoops(lowered));
}

/** A graph that is ready to run on the backend that is current. */
export interface Plan {
  readonly graph: Graph;
  /** Tensors in the order of the graph's inputs -> new tensors in the order of its outputs, those of `keeps` kept. */
  readonly run: (inputs: readonly Tensor[]) => Tensor[];
  /** What it keeps from run to run: constants, and copies of weights. */
  readonly bytes: () => number;
  readonly dispose: () => void;
}

/** Bytes of a node in JavaScript, about. */
const nodeBytes = 1024;

/** @param keeps for each output whether it outlives the caller's tf.tidy */
export function plan(graph: Graph, keeps: readonly boolean[]): Plan {
  const stands = standing(graph);
  const inputs = [...graph.inputs.values()];
  const given: readonly Value[] = [...inputs, ...stands.values];
  const run = replay(stands.nodes, given, [...graph.outputs.values()]);
  return {
    graph,
    run: (tensors) =>
      tidy(() => {
        const made = run([...tensors, ...stands.tensors()]);
        for (const [i, tensor] of made.entries()) if (keeps[i]) keep(tensor);
        return made;
      }),
    bytes: () => stands.bytes() + nodeBytes * graph.nodes.length,
    dispose: stands.dispose,
  };
}
