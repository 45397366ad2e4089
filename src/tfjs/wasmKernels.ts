import { getKernel, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import * as composite from './wasmComposite.ts';
import * as convolution from './wasmConvolution.ts';
import { type Heap, heapOf } from './wasmHeap.ts';

type Run = (heap: Heap, inputs: { readonly [name: string]: TensorInfo }, attrs: object) => TensorInfo | TensorInfo[];

/** A kernel that takes inputs by these names; what tfjs passes is what its ops check. */
const of =
  <Names extends string, Attrs>(
    run: (heap: Heap, inputs: { readonly [N in Names]: TensorInfo }, attrs: Attrs) => TensorInfo | TensorInfo[],
  ): Run =>
  (heap, inputs, attrs) =>
    run(heap, inputs as { readonly [N in Names]: TensorInfo }, attrs as Attrs);

type Conv = convolution.ConvolutionAttrs;

/** What training needs and tfjs's wasm backend lacks, has wrong, or does slowly, by kernel name. */
const kernels: () => { readonly [name: string]: Run } = () => ({
  Conv2D: of<'x' | 'filter', Conv>((heap, { x, filter }, attrs) => convolution.conv2d(heap, x, filter, attrs)),
  Conv2DBackpropInput: of<'dy' | 'filter', Conv>((heap, { dy, filter }, attrs) =>
    convolution.conv2dInputGradient(heap, dy, filter, attrs),
  ),
  Conv2DBackpropFilter: of<'x' | 'dy', Conv>((heap, { x, dy }, attrs) =>
    convolution.conv2dFilterGradient(heap, x, dy, attrs),
  ),
  DepthwiseConv2dNative: of<'x' | 'filter', Conv>((heap, { x, filter }, attrs) =>
    convolution.depthwiseConv2d(heap, x, filter, attrs),
  ),
  DepthwiseConv2dNativeBackpropInput: of<'dy' | 'filter', Conv>((heap, { dy, filter }, attrs) =>
    convolution.depthwiseInputGradient(heap, dy, filter, attrs),
  ),
  DepthwiseConv2dNativeBackpropFilter: of<'x' | 'dy', Conv>((heap, { x, dy }, attrs) =>
    convolution.depthwiseFilterGradient(heap, x, dy, attrs),
  ),
  MaxPoolGrad: of<'input' | 'dy', Parameters<typeof convolution.maxPoolGradient>[3]>((heap, { input, dy }, attrs) =>
    convolution.maxPoolGradient(heap, input, dy, attrs),
  ),
  UnsortedSegmentSum: of(segmentSum),
  PyramidionSwish: of(composite.swish),
  PyramidionSwishGrad: of(composite.swishGrad),
  PyramidionBatchNormTraining: of(composite.batchNorm),
  PyramidionBatchNormTrainingGrad: of(composite.batchNormGrad),
  PyramidionBatchNormStored: of(composite.batchNormStored),
  PyramidionBatchNormStoredGrad: of(composite.batchNormStoredGrad),
  PyramidionBiasAdd: of(composite.biasAdd),
  PyramidionChannelSum: of(composite.channelSum),
  PyramidionScaleChannels: of(composite.scaleChannels),
  PyramidionScaleChannelsGrad: of(composite.scaleChannelsGrad),
  PyramidionSpatialMean: of(composite.spatialMean),
  PyramidionSpatialMeanGrad: of(composite.spatialMeanGrad),
  PyramidionWeightedSum: composite.weightedSum,
  PyramidionWeightedSumMapGrad: of(composite.weightedSumMapGrad),
  PyramidionWeightedSumWeightGrad: composite.weightedSumWeightGrad,
  PyramidionUpsampleNearest: of(composite.upsampleNearest),
  PyramidionUpsampleNearestGrad: of(composite.upsampleNearestGrad),
  PyramidionResizeBilinearGrad: of(composite.resizeBilinearGrad),
  PyramidionDilatedConv: of(composite.dilatedConv),
  PyramidionDilatedConvInputGrad: of(composite.dilatedConvInputGrad),
  PyramidionDilatedConvFilterGrad: of(composite.dilatedConvFilterGrad),
});

/**
 * Gives tfjs's wasm backend the kernels of training, over its own heap: convolutions, depthwise or not, and their
 * gradients, as matrix products; a right gradient of max pooling; UnsortedSegmentSum; and our composite ops. Any channels,
 * stride, kernel and padding. Kernels of tfjs under the same names are replaced. May be called again.
 */
export function registerWasmKernels(): void {
  for (const [kernelName, run] of Object.entries(kernels())) {
    if (getKernel(kernelName, 'wasm')) unregisterKernel(kernelName, 'wasm');
    registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const given = inputs as { readonly [name: string]: TensorInfo };
        for (const [name, { dtype }] of Object.entries(given)) {
          const right = name === 'segmentIds' ? 'int32' : 'float32'; // the kernels read memory as it is
          if (dtype !== right)
            throw new TypeError(`${kernelName}: ${name} is ${dtype}; it must be ${right}, cast it first`);
        }
        return run(heapOf(backend), given, attrs ?? {});
      },
    });
  }
}

/** x [n, ...], segmentIds [n] -> [numSegments, ...]; rows whose id is no segment are left out. */
function segmentSum(
  heap: Heap,
  { x, segmentIds }: { readonly x: TensorInfo; readonly segmentIds: TensorInfo },
  { numSegments }: { readonly numSegments: number },
): TensorInfo {
  const [n = 0, ...rest] = x.shape;
  const width = rest.reduce((a, b) => a * b, 1);
  const y = heap.make([numSegments, ...rest]);
  heap.kernels.segmentSum(heap.at(x), heap.at(segmentIds), heap.at(y), n, width, numSegments);
  return y;
}
