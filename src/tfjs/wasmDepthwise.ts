import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../engine/geometry.ts';
import { type ConvolutionAttrs, geometryOf, outShape } from './wasmConvolution.ts';
import type { Heap } from './wasmHeap.ts';
import { four, type Kernels, kernel } from './wasmKernel.ts';

export const depthwiseKernels = (): Kernels => ({
  DepthwiseConv2dNative: kernel<'x' | 'filter', ConvolutionAttrs>((heap, { x, filter }, attrs) =>
    forward(heap, x, filter, geometryOf(x.shape, filter.shape, attrs, true)),
  ),
  DepthwiseConv2dNativeBackpropInput: kernel<'dy' | 'filter', ConvolutionAttrs>((heap, { dy, filter }, attrs) =>
    inputGradient(heap, dy, filter, geometryOf(attrs.inputShape ?? [], filter.shape, attrs, true)),
  ),
  DepthwiseConv2dNativeBackpropFilter: kernel<'x' | 'dy', ConvolutionAttrs>((heap, { x, dy }, attrs) => {
    const shape = four(attrs.filterShape ?? []);
    return filterGradient(heap, x, dy, geometryOf(x.shape, shape, attrs, true), shape);
  }),
});

/** Filters with q outputs a channel are filters of one over channels repeated q times: so the kernels see them. */
const widened = (geometry: Geometry): Geometry => ({ ...geometry, inChannels: geometry.outChannels });
const outputs = ({ inChannels, outChannels }: Geometry) => outChannels / inChannels;
const pixels = ({ batch, inHeight, inWidth }: Geometry) => batch * inHeight * inWidth;

/** Runs a function on a map whose channels are repeated as often as the filters ask. */
export function withMap(heap: Heap, x: TensorInfo, geometry: Geometry, use: (x: number) => void): void {
  const q = outputs(geometry);
  if (q === 1) use(heap.at(x));
  else
    heap.scratch(4 * pixels(geometry) * geometry.outChannels, (to) => {
      heap.kernels.repeatChannels(heap.at(x), to, pixels(geometry), geometry.inChannels, q);
      use(to);
    });
}

/** x [b, h, w, c], filter [kh, kw, c, q] -> y [b, oh, ow, c * q]. */
function forward(heap: Heap, x: TensorInfo, filter: TensorInfo, geometry: Geometry): TensorInfo {
  const { kernels, at } = heap;
  const y = heap.make(outShape(geometry));
  withMap(heap, x, geometry, (map) =>
    heap.withGeometry(widened(geometry), kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwise(g, map, at(filter), at(y), scratch),
    ),
  );
  return y;
}

/** dy [b, oh, ow, c * q], filter [kh, kw, c, q] -> dx [b, h, w, c]. */
function inputGradient(heap: Heap, dy: TensorInfo, filter: TensorInfo, geometry: Geometry): TensorInfo {
  const { kernels, at } = heap;
  const { batch, inHeight, inWidth, inChannels, outChannels } = geometry;
  const dx = heap.make([batch, inHeight, inWidth, inChannels]);
  const into = (to: number) =>
    heap.withGeometry(widened(geometry), kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwiseInputGradient(g, at(dy), at(filter), to, scratch),
    );
  const q = outputs(geometry);
  if (q === 1) into(at(dx));
  else
    heap.scratch(4 * pixels(geometry) * outChannels, (to) => {
      into(to);
      kernels.sumRepeated(to, at(dx), pixels(geometry), inChannels, q);
    });
  return dx;
}

/** x [b, h, w, c], dy [b, oh, ow, c * q] -> dfilter [kh, kw, c, q]. */
function filterGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, geometry: Geometry, shape: number[]): TensorInfo {
  const { kernels, at } = heap;
  const dfilter = heap.make(shape);
  withMap(heap, x, geometry, (map) =>
    heap.withGeometry(widened(geometry), kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwiseFilterGradient(g, map, at(dy), at(dfilter), scratch),
    ),
  );
  return dfilter;
}
