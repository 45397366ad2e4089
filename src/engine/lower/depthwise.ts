import type { Node } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { depthwise } from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, groupsOf8, type Lowerings } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { activationOf } from './convolutionActivation.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { traffic } from './convolutionPointwise.ts';
import { windowFilter } from './depthwiseFilter.ts';

/** Bytes of a padded strip of 8 channels: with what is read and written beside it, it stays in L2. */
const stripBytes = 128 << 10;

const reach = (kernel: number, dilation: number) => (kernel - 1) * dilation + 1;

/** Rows of the result at a time, and the bytes of their strip. */
function stripOf(g: Geometry): { readonly rows: number; readonly bytes: number } {
  const row = 32 * ((g.outWidth - 1) * g.strideWidth + reach(g.kernelWidth, g.dilationWidth));
  const lines = (rows: number) => (rows - 1) * g.strideHeight + reach(g.kernelHeight, g.dilationHeight);
  let rows = 1;
  while (rows < g.outHeight && row * lines(rows + 1) <= stripBytes) rows++;
  return { rows, bytes: row * lines(rows) };
}

/** `3x3`, `5x5 s2`. */
export const windowText = ({ kernelHeight, kernelWidth, strideHeight, strideWidth }: Geometry): string =>
  `${kernelHeight}x${kernelWidth}${strideHeight * strideWidth === 1 ? '' : ` s${strideHeight === strideWidth ? strideHeight : `${strideHeight},${strideWidth}`}`}`;

/** Multiply-adds of a depthwise window. */
export const windowMadds = (g: Geometry): number =>
  g.batch * g.outHeight * g.outWidth * g.outChannels * g.kernelHeight * g.kernelWidth;

/** Depthwise convolution; a second result is the mean of each map of the first, [b, 1, 1, c]. */
function lower(node: Node, emit: Emit): void {
  const [x, filter, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), outputOf(node)];
  const means = node.outputs[1];
  const g = convolutionGeometry(node, x.shape, filter.shape, y.shape);
  const activation = activationOf(node, g.outChannels, emit);
  const maps = groupsOf8(g.outChannels) * g.batch;
  const { rows, bytes } = stripOf(g);
  // A sum is one thread's.
  const bands = means ? 1 : Math.min(g.outHeight, Math.ceil((2 * emit.threads) / maps));
  const from = emit.read(x, 'blocked');
  const packed = windowFilter(filter, inputNamed(node, 'bias'), emit);
  const to = emit.make(y, 'blocked');
  emit.command({
    code: depthwise,
    name: `depthwise ${windowText(g)}`,
    words: [
      ...[from, packed, to, means && emit.make(means, 'blocked'), g.batch, groupsOf8(g.outChannels)],
      ...[g.inHeight, g.inWidth, g.outHeight, g.outWidth, g.kernelHeight, g.kernelWidth],
      ...[g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth, g.padTop, g.padLeft],
      ...[activation.kind, activation.slopes, g.inChannels, g.outChannels / g.inChannels],
      ...[rows, bands, emit.scratch(bytes), bytes],
    ],
    madds: windowMadds(g),
    traffic: traffic([x, filter, y]),
    fused: [...activation.fused, ...(means ? ['mean'] : [])],
  });
}

/** Depthwise convolutions. */
export const depthwiseLowerings: Lowerings = {
  DepthwiseConv2dNative: lower,
  FusedDepthwiseConv2D: lower,
  EngineDepthwise: lower,
};
