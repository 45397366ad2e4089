import { backend_util } from '@tensorflow/tfjs-core';
import { four, type Kernels, kernel, size } from './wasmKernel.ts';

type Info = Parameters<typeof backend_util.computePool2DInfo>;

interface PoolAttrs {
  readonly filterSize: Info[1];
  readonly strides: Info[2];
  readonly pad: Info[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Kernels that scatter: each number goes to a place that data chose. */
export const poolKernels = (): Kernels => ({
  // x [b, h, w, c], dy [b, oh, ow, c] -> [b, h, w, c].
  MaxPoolGrad: kernel<'input' | 'dy', PoolAttrs>((heap, { input, dy }, attrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = backend_util.computePool2DInfo(four(input.shape), filterSize, strides, 1, pad, dimRoundingMode);
    const dx = heap.make(input.shape);
    const geometry = {
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
    const { kernels, at } = heap;
    heap.withGeometry(geometry, undefined, (g) => kernels.maxPoolGradient(g, at(input), at(dy), at(dx)));
    return dx;
  }),

  // x [n, ...], segmentIds [n] -> [numSegments, ...]; rows whose id is no segment are left out.
  UnsortedSegmentSum: kernel<'x' | 'segmentIds', { readonly numSegments: number }>(
    ({ kernels, at, make }, { x, segmentIds }, { numSegments }) => {
      const [n = 0, ...rest] = x.shape;
      const y = make([numSegments, ...rest]);
      kernels.segmentSum(at(x), at(segmentIds), at(y), n, size(rest), numSegments);
      return y;
    },
  ),
});
