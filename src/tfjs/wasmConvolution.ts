import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../engine/geometry.ts';
import type { Heap } from './wasmHeap.ts';

type Four = [number, number, number, number];
type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];

/** Attributes of tfjs's convolution kernels; each has some of them. */
export interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly pad: Pad;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: string;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape?: Four;
  readonly inputShape?: Four;
}

const four = (shape: readonly number[]): Four => [shape[0] ?? 0, shape[1] ?? 0, shape[2] ?? 0, shape[3] ?? 0];

function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  attrs: ConvolutionAttrs,
  depthwise: boolean,
): Geometry {
  const { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC')
    throw new RangeError(
      `convolution: dataFormat is ${dataFormat}; the wasm backend has NHWC alone, transpose the map first`,
    );
  const info = backend_util.computeConv2DInfo(
    four(x),
    four(filter),
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
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

const outShape = (g: Geometry): Four => [g.batch, g.outHeight, g.outWidth, g.outChannels];

/** x [b, h, w, c], filter [kh, kw, c, n] -> [b, oh, ow, n]. */
export function conv2d(heap: Heap, x: TensorInfo, filter: TensorInfo, attrs: ConvolutionAttrs): TensorInfo {
  const { kernels, at } = heap;
  const geometry = geometryOf(x.shape, filter.shape, attrs, false);
  const y = heap.make(outShape(geometry));
  heap.withGeometry(geometry, kernels.convolutionBytes, (g, scratch) =>
    kernels.convolution(g, at(x), at(filter), at(y), scratch),
  );
  return y;
}

/** dy [b, oh, ow, n], filter [kh, kw, c, n] -> [b, h, w, c]. */
export function conv2dInputGradient(
  heap: Heap,
  dy: TensorInfo,
  filter: TensorInfo,
  attrs: ConvolutionAttrs,
): TensorInfo {
  const { kernels, at } = heap;
  const shape = four(attrs.inputShape ?? []);
  const dx = heap.make(shape);
  heap.withGeometry(geometryOf(shape, filter.shape, attrs, false), kernels.convolutionBytes, (g, scratch) =>
    kernels.convolutionInputGradient(g, at(dy), at(filter), at(dx), scratch),
  );
  return dx;
}

/** x [b, h, w, c], dy [b, oh, ow, n] -> [kh, kw, c, n]. */
export function conv2dFilterGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, attrs: ConvolutionAttrs): TensorInfo {
  const { kernels, at } = heap;
  const shape = four(attrs.filterShape ?? []);
  const dfilter = heap.make(shape);
  heap.withGeometry(geometryOf(x.shape, shape, attrs, false), kernels.convolutionBytes, (g, scratch) =>
    kernels.convolutionFilterGradient(g, at(x), at(dy), at(dfilter), scratch),
  );
  return dfilter;
}

/** With several outputs a channel: the same filters over channels that are repeated, `times` each. */
function repeated(geometry: Geometry): { times: number; geometry: Geometry; bytes: number } {
  const { batch, inHeight, inWidth, inChannels, outChannels } = geometry;
  return {
    times: outChannels / inChannels,
    geometry: { ...geometry, inChannels: outChannels },
    bytes: 4 * batch * inHeight * inWidth * outChannels,
  };
}

/** Runs a function on a map [b, h, w, c] whose channels are repeated as often as the geometry asks. */
function withMap(heap: Heap, x: TensorInfo, given: Geometry, use: (x: number, geometry: Geometry) => void): void {
  const { times, geometry, bytes } = repeated(given);
  if (times === 1) use(heap.at(x), geometry);
  else
    heap.scratch(bytes, (to) => {
      heap.kernels.repeatChannels(
        heap.at(x),
        to,
        given.batch * given.inHeight * given.inWidth,
        given.inChannels,
        times,
      );
      use(to, geometry);
    });
}

/** x [b, h, w, c], filter [kh, kw, c, q] -> [b, oh, ow, c * q]. */
export function depthwiseConv2d(heap: Heap, x: TensorInfo, filter: TensorInfo, attrs: ConvolutionAttrs): TensorInfo {
  const { kernels, at } = heap;
  const given = geometryOf(x.shape, filter.shape, attrs, true);
  const y = heap.make(outShape(given));
  withMap(heap, x, given, (map, geometry) =>
    heap.withGeometry(geometry, kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwise(g, map, at(filter), at(y), scratch),
    ),
  );
  return y;
}

/** dy [b, oh, ow, c * q], filter [kh, kw, c, q] -> [b, h, w, c]. */
export function depthwiseInputGradient(
  heap: Heap,
  dy: TensorInfo,
  filter: TensorInfo,
  attrs: ConvolutionAttrs,
): TensorInfo {
  const { kernels, at } = heap;
  const shape = four(attrs.inputShape ?? []);
  const dx = heap.make(shape);
  const { times, geometry, bytes } = repeated(geometryOf(shape, filter.shape, attrs, true));
  const into = (to: number) =>
    heap.withGeometry(geometry, kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwiseInputGradient(g, at(dy), at(filter), to, scratch),
    );
  const [b, h, w, c] = shape;
  if (times === 1) into(at(dx));
  else
    heap.scratch(bytes, (to) => {
      into(to);
      kernels.sumRepeated(to, at(dx), b * h * w, c, times);
    });
  return dx;
}

/** x [b, h, w, c], dy [b, oh, ow, c * q] -> [kh, kw, c, q]. */
export function depthwiseFilterGradient(
  heap: Heap,
  x: TensorInfo,
  dy: TensorInfo,
  attrs: ConvolutionAttrs,
): TensorInfo {
  const { kernels, at } = heap;
  const shape = four(attrs.filterShape ?? []);
  const dfilter = heap.make(shape);
  withMap(heap, x, geometryOf(x.shape, shape, attrs, true), (map, geometry) =>
    heap.withGeometry(geometry, kernels.depthwiseBytes, (g, scratch) =>
      kernels.depthwiseFilterGradient(g, map, at(dy), at(dfilter), scratch),
    ),
  );
  return dfilter;
}

interface PoolAttrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Pad;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** x [b, h, w, c], dy [b, oh, ow, c] -> [b, h, w, c]. */
export function maxPoolGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, attrs: PoolAttrs): TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = backend_util.computePool2DInfo(four(x.shape), filterSize, strides, 1, pad, dimRoundingMode);
  const dx = heap.make(x.shape);
  const geometry: Geometry = {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    kernelHeight: info.effectiveFilterHeight,
    kernelWidth: info.effectiveFilterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
    dilationHeight: 1,
    dilationWidth: 1,
  };
  heap.withGeometry(geometry, undefined, (g) => heap.kernels.maxPoolGradient(g, heap.at(x), heap.at(dy), heap.at(dx)));
  return dx;
}
