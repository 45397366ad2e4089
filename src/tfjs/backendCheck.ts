import {
  getBackend,
  getGradient,
  getKernel,
  grad,
  maxPool,
  sum,
  type Tensor,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';

/** What is wrong with the current backend for training. */
export interface BackendFindings {
  /** Kernels of a training step that it has not. */
  readonly missing: readonly string[];
  /** Gradients that it computes wrongly, each in a sentence. */
  readonly wrong: readonly string[];
}

/** Kernels of a training step: forward, loss, gradients, clipping, optimizers. */
const needed = [
  ...['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'DepthwiseConv2dNative'],
  ...['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter', 'MaxPool', 'MaxPoolGrad'],
  ...['FusedBatchNorm', 'BatchMatMul', 'GatherV2', 'UnsortedSegmentSum', 'TopK', 'ResizeBilinear', 'Softmax'],
  ...[
    'Add',
    'AddN',
    'Sub',
    'Multiply',
    'RealDiv',
    'Neg',
    'Abs',
    'Square',
    'Sqrt',
    'Rsqrt',
    'Exp',
    'Log',
    'Pow',
    'Floor',
  ],
  ...['Minimum', 'Maximum', 'ClipByValue', 'Relu', 'Relu6', 'Sigmoid', 'Step', 'Sum', 'Mean', 'Max'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'LogicalAnd', 'LogicalNot', 'Select', 'OneHot'],
  ...['Cast', 'Reshape', 'Identity', 'ExpandDims', 'Transpose', 'Concat', 'Pack', 'Slice', 'SplitV', 'PadV2', 'Tile'],
  ...['Fill', 'ZerosLike', 'Range', 'SpaceToBatchND', 'BatchToSpaceND'],
];

/** Looks for the kernels of training on the current backend, and tries the gradients that some backends have wrong. */
export function checkBackend(): BackendFindings {
  const name = getBackend();
  const missing = needed.filter((kernel) => !getKernel(kernel, name));
  const pools = !missing.some((kernel) => kernel.startsWith('MaxPool'));
  const wrong = pools && losesNegativeMaxima() ? ['its gradient of maxPool is lost where the maximum is negative'] : [];
  return { missing, wrong };
}

/** A window of -2 and -1: the gradient is the second's. */
function losesNegativeMaxima(): boolean {
  if (!getGradient('MaxPool'))
    throw new Error("checkBackend: tfjs has no gradients yet; import '@tensorflow/tfjs-layers' before");
  const [first, second] = tidy(() => {
    const window = tensor4d([-2, -1], [1, 1, 2, 1]);
    return grad((x: Tensor) => sum(maxPool(x as Tensor4D, [1, 2], 1, 'valid')))(window).dataSync();
  });
  return first !== 0 || second !== 1;
}
