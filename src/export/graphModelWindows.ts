import type { Node, Value } from '../trace/graph.ts';
import { flagIn, numberIn, wordIn } from './attributes.ts';
import { type GraphAttrs, real, text, texts, whole, yes } from './graphModelNode.ts';
import { around, padding } from './graphModelPadding.ts';
import { graphModelPools } from './graphModelPools.ts';
import { graphModelResizes } from './graphModelResizes.ts';
import type { GraphRule, GraphRules } from './graphModelRule.ts';
import { reads } from './graphModelRule.ts';
import type { GraphWriter } from './graphModelWriter.ts';
import { unsupported } from './unsupported.ts';
import { inputOf, maybeInput, resultOf } from './values.ts';
import { sidesOf, windowOf } from './window.ts';

function convolutionAttrs(node: Node, filter: Value, from: Value, made: Value): GraphAttrs {
  if (wordIn(node, 'dataFormat') === 'NCHW')
    throw unsupported('toGraphModel', node, 'its data format is NCHW', 'call it with NHWC');
  const [height = 1, width = 1] = filter.shape;
  const window = windowOf(node, [height, width], sidesOf(from), sidesOf(made));
  const { strides, dilations } = window;
  return {
    strides: around(strides),
    dilations: around(dilations),
    data_format: text('NHWC'),
    ...padding(node, window),
  };
}

const convolution =
  (op: string): GraphRule =>
  (node, to) => {
    const attrs = convolutionAttrs(node, inputOf(node, 'filter'), inputOf(node, 'x'), resultOf(node));
    to.give(node.outputs, op, reads(node, to, 'x', 'filter'), attrs);
  };

const activations: { readonly [name: string]: string } = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/** What is fused: `NoOp` stands for no bias, without which tfjs would drop the activation. */
function fused(node: Node, to: GraphWriter): { readonly inputs: readonly string[]; readonly attrs: GraphAttrs } {
  const activation = wordIn(node, 'activation') || 'linear';
  const known = activations[activation];
  if (known === undefined && activation !== 'linear')
    throw unsupported(
      'toGraphModel',
      node,
      `its activation ${activation} is not known`,
      'apply it as an op of its own',
    );
  const [bias, slopes] = [maybeInput(node, 'bias'), maybeInput(node, 'preluActivationWeights')];
  const inputs = [bias, slopes].filter((value) => value !== undefined).map(to.read);
  const ops = [bias ? 'BiasAdd' : 'NoOp', ...(known ? [known] : [])];
  const alpha = activation === 'leakyrelu' ? { leakyrelu_alpha: real(numberIn(node, 'leakyreluAlpha', 0.2)) } : {};
  return { inputs, attrs: { fused_ops: texts(ops), num_args: whole(inputs.length), ...alpha } };
}

const fusedConvolution =
  (op: string): GraphRule =>
  (node, to) => {
    const [x, filter, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), resultOf(node)];
    const attrs = convolutionAttrs(node, filter, x, y);
    const leaky = op !== '_FusedConv2D' && node.attrs.activation === 'leakyrelu'; // tfjs reads no slope there
    const { inputs, attrs: more } = fused(
      leaky ? { ...node, attrs: { ...node.attrs, activation: 'linear' } } : node,
      to,
    );
    const all = [to.read(x), to.read(filter), ...inputs];
    if (!leaky) return to.give(node.outputs, op, all, { ...attrs, ...more });
    const made = to.step(op, all, { ...attrs, ...more });
    to.give(node.outputs, 'LeakyRelu', [made], { alpha: real(numberIn(node, 'leakyreluAlpha', 0.2)) });
  };

const transposed: GraphRule = (node, to) => {
  const [dy, filter, y] = [inputOf(node, 'dy'), inputOf(node, 'filter'), resultOf(node)];
  const attrs = convolutionAttrs(node, filter, y, dy);
  to.give([y], 'Conv2DBackpropInput', [to.sides(to.sidesOf(y)), to.read(filter), to.read(dy)], attrs);
};

const matrices: GraphRule = (node, to) => {
  const { inputs, attrs } = fused(node, to);
  to.give(node.outputs, '_FusedMatMul', [...reads(node, to, 'a', 'b'), ...inputs], {
    transpose_a: yes(flagIn(node, 'transposeA')),
    transpose_b: yes(flagIn(node, 'transposeB')),
    ...attrs,
  });
};

/** Kernels that look at neighbours, and matrix products. */
export const graphModelWindows: GraphRules = {
  Conv2D: convolution('Conv2D'),
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative'),
  FusedConv2D: fusedConvolution('_FusedConv2D'),
  FusedDepthwiseConv2D: fusedConvolution('FusedDepthwiseConv2dNative'),
  Conv2DBackpropInput: transposed,
  ...graphModelPools,
  ...graphModelResizes,
  _FusedMatMul: matrices,
  BatchMatMul: (node, to) =>
    to.give(node.outputs, 'BatchMatMulV2', reads(node, to, 'a', 'b'), {
      adj_x: yes(flagIn(node, 'transposeA')),
      adj_y: yes(flagIn(node, 'transposeB')),
    }),
};
