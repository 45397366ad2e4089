import type { Node, Value } from '../trace/graph.ts';
import { numberIn, wordIn } from './attributes.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import type { OnnxAttrs } from './onnxSheet.ts';
import { type OnnxWriter, onnxTypeOf } from './onnxWriter.ts';
import { numbersOf, permuted } from './permute.ts';
import { unsupported } from './unsupported.ts';
import { inputOf, maybeInput, resultOf } from './values.ts';
import { sidesOf, type Window, windowOf } from './window.ts';

/** The activation in a kernel as ONNX has it. @throws Error for one that is not known */
export function activated(
  node: Node,
  x: string,
  to: OnnxWriter,
): readonly [op: string, inputs: readonly string[], attrs?: OnnxAttrs] {
  const { sheet } = to;
  const activation = wordIn(node, 'activation') || 'linear';
  switch (activation) {
    case 'linear':
      return ['Identity', [x]];
    case 'relu':
      return ['Relu', [x]];
    case 'relu6':
      return ['Clip', [x, sheet.float(0), sheet.float(6)]];
    case 'sigmoid':
      return ['Sigmoid', [x]];
    case 'swish':
      return ['Mul', [x, sheet.step('Sigmoid', [x])]];
    case 'elu':
      return ['Elu', [x]];
    case 'leakyrelu':
      return ['LeakyRelu', [x], { alpha: { float: numberIn(node, 'leakyreluAlpha', 0.2) } }];
    case 'prelu': {
      const y = resultOf(node);
      const layout = y.shape.length === 4 ? 'NCHW' : 'NHWC';
      return ['PRelu', [x, to.against(inputOf(node, 'preluActivationWeights'), y.shape.length, layout)]];
    }
    default:
      throw unsupported('toOnnx', node, `its activation ${activation} is not known`, 'apply it as an op of its own');
  }
}

const windowAttrs = ({ kernel, strides, pads }: Window): OnnxAttrs => ({
  kernel_shape: kernel,
  strides,
  pads: [pads.top, pads.left, pads.bottom, pads.right],
});

/** A filter with other axes, permuted now where its numbers are known. */
export function filter(value: Value, order: readonly number[], shape: readonly number[], to: OnnxWriter): string {
  if (value.kind === 'constant') {
    const laid = permuted(numbersOf(value), value.shape, order);
    return to.sheet.tensor(to.sheet.unique(value.name), onnxTypeOf(value), shape, laid);
  }
  const turned = to.sheet.step('Transpose', [to.read(value)], { perm: order });
  return to.sheet.step('Reshape', [turned, to.sheet.longs(shape)]);
}

/** A convolution with what follows: bias, activation. */
function convolution(node: Node, to: OnnxWriter, kind: 'full' | 'depthwise'): void {
  const [x, by, y] = [inputOf(node, 'x'), inputOf(node, 'filter'), resultOf(node)];
  if (wordIn(node, 'dataFormat') === 'NCHW')
    throw unsupported('toOnnx', node, 'its data format is NCHW', 'call it with NHWC and export with layout NCHW');
  const [height = 1, width = 1, inputs = 1, outputs = 1] = by.shape;
  const window = windowOf(node, [height, width], sidesOf(x), sidesOf(y));
  const weights =
    kind === 'full'
      ? filter(by, [3, 2, 0, 1], [outputs, inputs, height, width], to)
      : filter(by, [2, 3, 0, 1], [inputs * outputs, 1, height, width], to);
  const attrs = { ...windowAttrs(window), dilations: window.dilations, group: kind === 'full' ? 1 : inputs };

  const bias = maybeInput(node, 'bias');
  const fits = bias?.shape.length === 1 && bias.shape[0] === y.shape[3];
  const reads = [to.read(x, 'NCHW'), weights, ...(bias && fits ? [to.read(bias)] : [])];
  const end = (name: string) => activated(node, name, to);
  const added = (name: string) => [name, bias ? to.against(bias, 4, 'NCHW') : ''] as const;
  const linear = (wordIn(node, 'activation') || 'linear') === 'linear';
  const apart = bias && !fits; // a bias that ONNX's convolution does not take
  if (linear && apart) to.give(y, 'NCHW', 'Add', added(to.sheet.step('Conv', reads, attrs)));
  else if (linear) to.give(y, 'NCHW', 'Conv', reads, attrs);
  else {
    const made = to.sheet.step('Conv', reads, attrs);
    to.give(y, 'NCHW', ...end(apart ? to.sheet.step('Add', added(made)) : made));
  }
}

const full: OnnxRule = (node, to) => convolution(node, to, 'full');
const depthwise: OnnxRule = (node, to) => convolution(node, to, 'depthwise');

/** The filter of the convolution that it undoes is [k, k, out, in]. */
const transposed: OnnxRule = (node, to) => {
  const [dy, by, y] = [inputOf(node, 'dy'), inputOf(node, 'filter'), resultOf(node)];
  const [height = 1, width = 1, outputs = 1, inputs = 1] = by.shape;
  const window = windowOf(node, [height, width], sidesOf(y), sidesOf(dy));
  const { kernel, strides, pads } = window;
  const [from, made] = [sidesOf(dy), sidesOf(y)];
  const whole = (axis: 0 | 1, padding: number) => (from[axis] - 1) * strides[axis] + kernel[axis] - padding;
  // Rows that no window reached; ONNX counts them from the end.
  const beyond = [made[0] - whole(0, pads.top + pads.bottom), made[1] - whole(1, pads.left + pads.right)];
  const reads = [to.read(dy, 'NCHW'), filter(by, [3, 2, 0, 1], [inputs, outputs, height, width], to)];
  to.give(y, 'NCHW', 'ConvTranspose', reads, { ...windowAttrs(window), output_padding: beyond });
};

const dilated: OnnxRule = (node, to) => {
  const [x, by] = [inputOf(node, 'x'), inputOf(node, 'filter')];
  const [height = 1, width = 1, inputs = 1, outputs = 1] = by.shape;
  const dilation = numberIn(node, 'dilation');
  to.give(
    resultOf(node),
    'NCHW',
    'Conv',
    [to.read(x, 'NCHW'), filter(by, [3, 2, 0, 1], [outputs, inputs, height, width], to)],
    {
      kernel_shape: [height, width],
      strides: [1, 1],
      dilations: [dilation, dilation],
      pads: ['top', 'left', 'bottom', 'right'].map((side) => numberIn(node, side)),
      group: 1,
    },
  );
};

const pool =
  (op: string): OnnxRule =>
  (node, to) => {
    const [x, y] = [inputOf(node, 'x'), resultOf(node)];
    const { filterSize } = node.attrs;
    const [height, width] = Array.isArray(filterSize) ? filterSize : [filterSize, filterSize];
    const window = windowOf(node, [Number(height), Number(width)], sidesOf(x), sidesOf(y));
    to.give(y, 'NCHW', op, [to.read(x, 'NCHW')], windowAttrs(window)); // the mean leaves padding out, in both
  };

/** Kernels that look at neighbours. */
export const onnxConvolution: OnnxRules = {
  Conv2D: full,
  FusedConv2D: full,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposed,
  PyramidionDilatedConv: dilated,
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool'),
};
