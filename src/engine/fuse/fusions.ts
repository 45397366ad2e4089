import type { Graph } from '../../trace/graph.ts';
import { fuseChains } from './chain.ts';
import { fuseReshapedConcat } from './chainConcat.ts';
import { fuseNormGradients } from './gradientNorm.ts';
import { splitSums } from './gradientSum.ts';
import { fuseMobile } from './mobile.ts';
import { fuseResidual } from './residual.ts';
import { fuseSqueeze } from './squeeze.ts';

/** Passes that join nodes into commands of ours, in order. */
export const fusions: readonly ((graph: Graph) => Graph)[] = [
  fuseResidual,
  fuseMobile,
  fuseSqueeze,
  fuseReshapedConcat,
  fuseNormGradients,
  splitSums,
  fuseChains,
];
