import type { Node, Value } from './graph.ts';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** An input by the kernel's own name for it, or undefined where it has none of that name. */
function input({ inputs }: Node, name: string): Value | undefined {
  return Object.entries<Value>(inputs).find(([key]) => key === name)?.[1];
}

/** Numbers of a filter that one number of the output, or of its gradient, is multiplied by. */
function reach(shape: readonly number[], depthwise: boolean): number {
  return size(depthwise ? shape.slice(0, 2) : shape.slice(0, 3));
}

/**
 * Products of a kernel that are summed, with which networks are compared: those of convolutions, their gradients and matrix
 * products. Other kernels count as none.
 *
 * @see Tan and Le, EfficientNet, table 2, whose "FLOPS" are these
 */
export function multiplyAdds(node: Node): number {
  const [output] = node.outputs;
  if (output === undefined) return 0;
  const depthwise = node.op.includes('Depthwise');
  const filter = input(node, 'filter')?.shape ?? [];
  const dy = input(node, 'dy')?.shape ?? [];
  switch (node.op) {
    case 'Conv2D':
    case 'FusedConv2D':
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2D':
    case 'PyramidionDilatedConv':
      return size(output.shape) * reach(filter, depthwise);
    case 'Conv2DBackpropInput':
    case 'DepthwiseConv2dNativeBackpropInput':
    case 'PyramidionDilatedConvInputGrad':
      return size(dy) * reach(filter, depthwise);
    case 'Conv2DBackpropFilter':
    case 'DepthwiseConv2dNativeBackpropFilter':
    case 'PyramidionDilatedConvFilterGrad':
      return size(dy) * reach(output.shape, depthwise);
    case 'BatchMatMul':
    case '_FusedMatMul':
      return size(output.shape) * (input(node, 'a')?.shape.at(node.attrs.transposeA ? -2 : -1) ?? 0);
    default:
      return 0;
  }
}
