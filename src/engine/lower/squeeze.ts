import type { Node } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';
import { scaleChannels, scalePanels, squeeze } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Lowerings } from '../plan/emit.ts';
import { inputOf, outputOf } from './attributes.ts';
import { activationOf } from './convolutionActivation.ts';
import { convolutionOf } from './convolutionNode.ts';
import { panelsOf, vectorOf } from './convolutionPanels.ts';
import { lowerPointwise, traffic } from './convolutionPointwise.ts';

/** Two products of a vector of channels of each image: [b, 1, 1, c] -> [b, 1, 1, n]. */
function lowerSqueeze(node: Node, emit: Emit): void {
  const [x, first, second, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), inputOf(node, 'second'), outputOf(node)];
  const [, , channels = 1, middle = 1] = first.shape;
  const [batch = 1, , , outputs = 1] = y.shape;
  const product = (filter: typeof first, bias: string, activation: unknown, k: number, n: number) => {
    const panels = panelsOf(filter, { key: '', taps: [0], k, n, kStep: n, nStep: 1 }, emit);
    const { kind } = activationOf({ ...node, attrs: { activation: `${activation ?? 'linear'}` } }, n, emit);
    return [panels, vectorOf(node, inputNamed(node, bias), n, emit), kind, undefined];
  };
  const { activation, secondActivation } = node.attrs;
  const bytes = 32 * groupsOf8(middle);
  const from = emit.read(x, 'blocked');
  emit.command({
    code: squeeze,
    name: 'squeeze-excite',
    words: [
      from,
      ...product(first, 'bias', activation, channels, middle),
      ...product(second, 'secondBias', secondActivation, middle, outputs),
      ...[emit.make(y, 'blocked'), batch, channels, middle, outputs, emit.scratch(bytes), bytes],
    ],
    madds: batch * middle * (channels + outputs),
    traffic: traffic([x, first, second, y]),
    fused: [`${activation}`, `${secondActivation}`],
  });
}

/** [b, h, w, c] times [b, 1, 1, c]. */
function lowerScale(node: Node, emit: Emit): void {
  const [x, scale, y] = [inputOf(node, 'x'), inputOf(node, 'scale'), outputOf(node)];
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [from, by] = [emit.read(x, 'blocked'), emit.read(scale, 'blocked')];
  const words = [from, by, emit.make(y, 'blocked'), groupsOf8(channels) * batch, height * width];
  emit.command({ code: scaleChannels, name: 'scale channels', words, traffic: traffic([x, scale, y]) });
}

/** Convolution 1x1 of one image whose channels are weighed first: the weights go into the filter. */
function lowerScaled(node: Node, emit: Emit): void {
  const [filter, scale] = [inputOf(node, 'filter'), inputOf(node, 'scale')];
  const [, , k = 1, n = 1] = filter.shape;
  const panels = panelsOf(filter, { key: '', taps: [0], k, n, kStep: n, nStep: 1 }, emit);
  const bytes = 256 * groupsOf8(k) * groupsOf8(n);
  const scaled = emit.derived('scaled panels', [filter, scale], bytes, (to) => {
    const words = [panels, emit.read(scale, 'blocked'), to, k, groupsOf8(n)];
    emit.command({ code: scalePanels, name: 'scale filter', words, traffic: 2 * bytes });
  });
  // Everything else is of the convolution; the filter alone is there already.
  lowerPointwise(convolutionOf(node, emit), { ...emit, derived: () => scaled });
}

/** What fuse/squeeze.ts makes, and `PyramidionScaleChannels` alone. */
export const squeezeLowerings: Lowerings = {
  EngineSqueeze: lowerSqueeze,
  EngineScaledConv2D: lowerScaled,
  PyramidionScaleChannels: lowerScale,
};
