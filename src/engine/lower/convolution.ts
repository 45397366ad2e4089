import type { Node } from '../../trace/graph.ts';
import type { Emit, Lowerings } from '../plan/emit.ts';
import { lowerMatrices } from './convolutionMatrix.ts';
import { type Convolution, convolutionOf } from './convolutionNode.ts';
import { lowerPointwise } from './convolutionPointwise.ts';
import { lowerStem } from './convolutionStem.ts';
import { lowerStrips } from './convolutionStrips.ts';
import { lowerTransposed } from './convolutionTransposed.ts';
import { lowerWinograd, suitsWinograd } from './winograd.ts';

/** The way to run a convolution, by its sizes alone. */
function wayOf({ geometry: g }: Convolution) {
  const one = g.kernelHeight === 1 && g.kernelWidth === 1;
  const dense = g.strideHeight === 1 && g.strideWidth === 1;
  if (one && dense && g.inHeight === g.outHeight && g.inWidth === g.outWidth) return lowerPointwise;
  if (g.inChannels <= 4 && !one && g.dilationHeight === 1 && g.dilationWidth === 1) return lowerStem;
  return suitsWinograd(g) ? lowerWinograd : lowerStrips;
}

function lower(node: Node, emit: Emit): void {
  const convolution = convolutionOf(node, emit);
  wayOf(convolution)(convolution, emit);
}

/** Convolutions and matrix products. */
export const convolutionLowerings: Lowerings = {
  Conv2D: lower,
  FusedConv2D: lower,
  EngineConv2D: lower,
  PyramidionDilatedConv: lower,
  Conv2DBackpropInput: lowerTransposed,
  BatchMatMul: lowerMatrices,
  _FusedMatMul: lowerMatrices,
};
