import type { Node } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { mobile } from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import { type Emit, groupsOf8, type Lowerings } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { activationKinds } from './convolutionActivation.ts';
import { convolutionGeometry } from './convolutionGeometry.ts';
import { panelsOf, vectorOf } from './convolutionPanels.ts';
import { listBytes, traffic } from './convolutionPointwise.ts';
import { windowMadds, windowText } from './depthwise.ts';
import { windowFilter } from './depthwiseFilter.ts';

/** Bytes of the expanded strips of a block, which stay in L2. */
const blockBytes = 288 << 10;

/** Groups of 8 channels and rows of the result at a time. */
interface Block {
  readonly groups: number;
  readonly rows: number;
  /** Of a group: as the kernel lays it out. */
  readonly plane: number;
}

/** Two pairs of groups, one where threads are many. More are no faster: measured from 2 to 12, at all sizes of B0 and B4. */
function blockOf(g: Geometry, threads: number): Block {
  const row = 32 * ((g.outWidth - 1) * g.strideWidth + g.kernelWidth);
  const plane = (rows: number) => row * ((rows - 1) * g.strideHeight + g.kernelHeight) + 128;
  const all = groupsOf8(g.outChannels);
  const groups = Math.min(all, all >= 4 * threads ? 4 : 2);
  let rows = 1;
  while (rows < g.outHeight && groups * plane(rows + 1) <= blockBytes) rows++;
  return { groups, rows, plane: plane(rows) };
}

/** Convolution 1x1, activation, depthwise window, activation; a second result is the mean of each map of the first. */
function lower(node: Node, emit: Emit): void {
  const [x, filter, window, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), inputOf(node, 'window'), outputOf(node)];
  const means = node.outputs[1];
  const g = convolutionGeometry(node, x.shape, window.shape, y.shape);
  const [inputs, channels] = [x.shape[3] ?? 1, g.outChannels];
  const kindOf = (name: unknown) => activationKinds.indexOf(String(name ?? 'linear'));
  const { expandActivation, activation } = node.attrs;
  const block = blockOf(g, emit.threads);
  const sums = block.groups * (32 * Math.max(12, Math.floor(640 / block.groups)) + 64);
  const bytes = listBytes(groupsOf8(inputs)) + sums + block.groups * block.plane;
  const panels = panelsOf(filter, { key: '', taps: [0], k: inputs, n: channels, kStep: channels, nStep: 1 }, emit);
  const from = emit.read(x, 'blocked');
  const bias = vectorOf(node, inputNamed(node, 'bias'), channels, emit);
  const packed = windowFilter(window, inputNamed(node, 'windowBias'), emit);
  const to = emit.make(y, 'blocked');
  emit.command({
    code: mobile,
    name: `expand + depthwise ${windowText(g)}`,
    words: [
      ...[from, panels, bias, packed, to, means && emit.make(means, 'blocked'), g.batch, inputs, groupsOf8(channels)],
      ...[g.inHeight, g.inWidth, g.outHeight, g.outWidth, g.kernelHeight, g.strideHeight, g.padTop, g.padLeft],
      ...[kindOf(expandActivation), kindOf(activation), block.groups, block.rows, emit.scratch(bytes), bytes],
    ],
    madds: g.batch * g.inHeight * g.inWidth * inputs * channels + windowMadds(g),
    traffic: traffic([x, filter, window, y]),
    fused: [`${expandActivation ?? 'linear'}`, `${activation ?? 'linear'}`, ...(means ? ['mean'] : [])],
  });
}

/** What fuse/mobile.ts makes. */
export const mobileLowerings: Lowerings = { EngineExpandDepthwise: lower };
