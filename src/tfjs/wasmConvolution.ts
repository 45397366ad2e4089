import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../engine/geometry.ts';
import type { Heap } from './wasmHeap.ts';
import { type Four, four, type Kernels, kernel } from './wasmKernel.ts';

/** Attributes of tfjs's convolution kernels; each has some of them. */
export interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dilations?: number | [number, number];
  readonly dataFormat?: string;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape?: Four;
  readonly inputShape?: Four;
}

/** What tfjs's attributes mean for a map and a filter. @throws RangeError for channels before pixels */
export function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  attrs: ConvolutionAttrs,
  depthwise: boolean,
): Geometry {
  const { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode: rounding } = attrs;
  if (dataFormat !== 'NHWC')
    throw new RangeError(
      `convolution: dataFormat is ${dataFormat}; the wasm backend has NHWC alone, transpose the map first`,
    );
  const shapes = [four(x), four(filter)] as const;
  const info = backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, rounding, depthwise);
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
  };
}

export const outShape = (g: Geometry): Four => [g.batch, g.outHeight, g.outWidth, g.outChannels];
const inShape = (g: Geometry): Four => [g.batch, g.inHeight, g.inWidth, g.inChannels];
const filterShape = (g: Geometry): Four => [g.kernelHeight, g.kernelWidth, g.inChannels, g.outChannels];

/** x [b, h, w, c], filter [kh, kw, c, n] -> [b, oh, ow, n]. */
export function convolve(heap: Heap, x: TensorInfo, filter: TensorInfo, geometry: Geometry): TensorInfo {
  const { kernels, at } = heap;
  const y = heap.make(outShape(geometry));
  heap.withGeometry(geometry, kernels.convolutionBytes, (g, scratch) =>
    kernels.convolution(g, at(x), at(filter), at(y), scratch),
  );
  return y;
}

/** dy [b, oh, ow, n], filter [kh, kw, c, n] -> [b, h, w, c]. */
export function inputGradient(heap: Heap, dy: TensorInfo, filter: TensorInfo, geometry: Geometry): TensorInfo {
  const { kernels, at } = heap;
  const dx = heap.make(inShape(geometry));
  heap.withGeometry(geometry, kernels.convolutionBytes, (g, scratch) =>
    kernels.convolutionInputGradient(g, at(dy), at(filter), at(dx), scratch),
  );
  return dx;
}

/** x [b, h, w, c], dy [b, oh, ow, n] -> [kh, kw, c, n]. */
export function filterGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, geometry: Geometry): TensorInfo {
  const { kernels, at } = heap;
  const dfilter = heap.make(filterShape(geometry));
  heap.withGeometry(geometry, kernels.convolutionBytes, (g, scratch) =>
    kernels.convolutionFilterGradient(g, at(x), at(dy), at(dfilter), scratch),
  );
  return dfilter;
}

export const convolutionKernels = (): Kernels => ({
  Conv2D: kernel<'x' | 'filter', ConvolutionAttrs>((heap, { x, filter }, attrs) =>
    convolve(heap, x, filter, geometryOf(x.shape, filter.shape, attrs, false)),
  ),
  Conv2DBackpropInput: kernel<'dy' | 'filter', ConvolutionAttrs>((heap, { dy, filter }, attrs) =>
    inputGradient(heap, dy, filter, geometryOf(attrs.inputShape ?? [], filter.shape, attrs, false)),
  ),
  Conv2DBackpropFilter: kernel<'x' | 'dy', ConvolutionAttrs>((heap, { x, dy }, attrs) =>
    filterGradient(heap, x, dy, geometryOf(x.shape, attrs.filterShape ?? [], attrs, false)),
  ),
});
