import { dropDead } from './dropDead.ts';
import { dropNoops } from './dropNoops.ts';
import { foldBatchNorm } from './foldBatchNorm.ts';
import { foldConstants } from './foldConstants.ts';
import { fuseActivation } from './fuseActivation.ts';
import type { Graph } from './graph.ts';
import { mergeEqual } from './mergeEqual.ts';

/**
 * The passes that look at no numbers, in order: a graph of the same function with fewer kernels. Batch norms become part
 * of their convolutions, by nodes that depend on weights alone, so that a weight may still move.
 */
export const simplify = (graph: Graph): Graph =>
  [dropDead, dropNoops, foldBatchNorm, fuseActivation, mergeEqual].reduce((now, pass) => pass(now), graph);

/** `simplify`, and what depends on constants alone is computed, on the current backend. */
export const optimize = (graph: Graph): Graph => foldConstants(simplify(graph));
