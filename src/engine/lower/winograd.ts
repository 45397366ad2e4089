import { winograd, winogradFilter } from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, groupsOf8 } from '../plan/emit.ts';
import { type Convolution, fusedOf } from './convolutionNode.ts';
import { listBytes, traffic } from './convolutionPointwise.ts';

/** Products of a tile of 4 x 4 pixels. */
const products = 36;
/** Bytes of tiles and their products at a time: in the last cache, with one matrix of them in L2. */
const chunkBytes = 4 << 20;

const tilesOf = ({ batch, outHeight, outWidth }: Geometry) =>
  batch * Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);

/**
 * Whether a convolution is faster by Winograd's transforms: 3x3 of stride 1, with channels enough to pay for the transforms, and
 * tiles that are not mostly beyond the map.
 */
export function suitsWinograd(g: Geometry): boolean {
  const plain = [g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth].every((side) => side === 1);
  if (g.kernelHeight !== 3 || g.kernelWidth !== 3 || !plain) return false;
  const direct = 9 * g.batch * g.outHeight * g.outWidth;
  return Math.min(g.inChannels, g.outChannels) >= 32 && 1.6 * products * tilesOf(g) < direct;
}

/** Convolution 3x3 of stride 1 by F(4x4, 3x3). @see Lavin and Gray, Fast algorithms for convolutional neural networks, 2016 */
export function lowerWinograd(convolution: Convolution, emit: Emit): void {
  const { x, filter, y, bias, activation, residual, madds, geometry: g } = convolution;
  const [inputs, outputs] = [groupsOf8(g.inChannels), groupsOf8(g.outChannels)];
  const panels = emit.derived('winograd', [filter], 4 * products * 64 * inputs * outputs, (to) => {
    const words = [emit.read(filter, 'plain'), to, g.inChannels, g.outChannels, emit.scratch(288)];
    emit.command({ code: winogradFilter, name: 'winograd filter', words, traffic: traffic([filter]) });
  });
  // Equal chunks of whole tiles of the micro-kernels, at least one for each thread.
  const each = Math.ceil(tilesOf(g) / emit.threads);
  const fitting = Math.max(24, chunkBytes / (32 * products * (inputs + outputs)));
  const tiles = Math.ceil(each / Math.ceil(each / fitting) / 12) * 12;
  const matrices = products * ((32 * tiles + 64) * (inputs + outputs) + 128);
  const bytes = 64 + 2 * 1152 + 32 * outputs + listBytes(inputs) + matrices;
  const from = emit.read(x, 'blocked');
  const added = residual && emit.read(residual, 'blocked');
  const to = emit.make(y, 'blocked');
  emit.command({
    code: winograd,
    name: 'winograd 3x3',
    words: [
      ...[from, panels, bias, to],
      ...[g.batch, g.inHeight, g.inWidth, g.inChannels, g.outHeight, g.outWidth, g.outChannels, g.padTop, g.padLeft],
      ...[activation.kind, activation.slopes, added, emit.scratch(bytes), bytes, tiles],
    ],
    madds,
    traffic: traffic([x, y, ...(residual ? [residual] : [])]) + 4 * products * 64 * inputs * outputs,
    fused: fusedOf(activation, residual),
  });
}
