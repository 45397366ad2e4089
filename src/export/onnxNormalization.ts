import { numberIn } from './attributes.ts';
import { activated } from './onnxConvolution.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import { inputOf, maybeInput, resultOf } from './values.ts';

/** By stored statistics, then an activation. */
const stored: OnnxRule = (node, to) => {
  const [x, y] = [inputOf(node, 'x'), resultOf(node)];
  const [scale = '', offset = '', mean = '', variance = ''] = ['scale', 'offset', 'mean', 'variance'].map((name) =>
    to.read(inputOf(node, name)),
  );
  const reads = [to.read(x, 'NCHW'), scale, offset, mean, variance];
  const attrs = { epsilon: { float: numberIn(node, 'epsilon') } };
  if (node.attrs.activation === 'linear') return to.give(y, 'NCHW', 'BatchNormalization', reads, attrs);
  to.give(y, 'NCHW', ...activated(node, to.sheet.step('BatchNormalization', reads, attrs), to));
};

const fused: OnnxRule = (node, to) => {
  const [x, mean] = [inputOf(node, 'x'), inputOf(node, 'mean')];
  const channels = mean.shape.reduce((a, b) => a * b, 1);
  const or = (name: string, otherwise: number) => {
    const value = maybeInput(node, name);
    return value ? to.read(value) : to.sheet.floats(new Array<number>(channels).fill(otherwise));
  };
  const reads = [
    to.read(x, 'NCHW'),
    or('scale', 1),
    or('offset', 0),
    to.read(mean),
    to.read(inputOf(node, 'variance')),
  ];
  const epsilon = { float: numberIn(node, 'varianceEpsilon', 0.001) };
  to.give(resultOf(node), 'NCHW', 'BatchNormalization', reads, { epsilon });
};

/** The mean over neighbouring channels; tfjs says how many on each side, ONNX how many in all. */
const localResponse: OnnxRule = (node, to) => {
  const size = 2 * numberIn(node, 'depthRadius', 5) + 1;
  to.give(resultOf(node), 'NCHW', 'LRN', [to.read(inputOf(node, 'x'), 'NCHW')], {
    size,
    alpha: { float: numberIn(node, 'alpha', 1) * size },
    beta: { float: numberIn(node, 'beta', 0.5) },
    bias: { float: numberIn(node, 'bias', 1) },
  });
};

export const onnxNormalization: OnnxRules = {
  PyramidionBatchNormStored: stored,
  FusedBatchNorm: fused,
  LRN: localResponse,
};
