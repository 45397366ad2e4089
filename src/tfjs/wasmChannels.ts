import type { TensorInfo } from '@tensorflow/tfjs-core';
import { channels, type Kernels, kernel, maps, rows, size } from './wasmKernel.ts';

/** Activations, and what is added to channels, multiplied by them, or summed over them. */
export const channelKernels = (): Kernels => ({
  PyramidionSwish: kernel<'x'>(({ kernels, at, make, constants }, { x }) => {
    const y = make(x.shape);
    kernels.swish(constants, at(x), at(y), size(x.shape));
    return y;
  }),
  PyramidionSwishGrad: kernel<'x' | 'dy'>(({ kernels, at, make, constants }, { x, dy }) => {
    const dx = make(x.shape);
    kernels.swishGradient(constants, at(x), at(dy), at(dx), size(x.shape));
    return dx;
  }),
  PyramidionBiasAdd: kernel<'x' | 'bias'>(({ kernels, at, make }, { x, bias }) => {
    const y = make(x.shape);
    kernels.biasAdd(at(x), at(bias), at(y), rows(x), channels(x));
    return y;
  }),
  PyramidionChannelSum: kernel<'x'>(({ kernels, at, make }, { x }) => {
    const y = make([channels(x)]);
    kernels.channelSum(at(x), at(y), rows(x), channels(x));
    return y;
  }),
  PyramidionScaleChannels: kernel<'x' | 'scale'>(({ kernels, at, make }, { x, scale }) => {
    const y = make(x.shape);
    kernels.scaleChannels(at(x), at(scale), at(y), ...maps(x));
    return y;
  }),
  PyramidionScaleChannelsGrad: kernel<'x' | 'dy'>(({ kernels, at, make }, { x, dy }) => {
    const [b, pixels, c] = maps(x);
    const dscale = make([b, 1, 1, c]);
    kernels.scaleChannelsGradient(at(x), at(dy), at(dscale), b, pixels, c);
    return dscale;
  }),
  PyramidionSpatialMean: kernel<'x'>(({ kernels, at, make }, { x }) => {
    const [b, pixels, c] = maps(x);
    const y = make([b, 1, 1, c]);
    kernels.spatialMean(at(x), at(y), b, pixels, c);
    return y;
  }),
  PyramidionSpatialMeanGrad: kernel<'dy', { readonly height: number; readonly width: number }>(
    ({ kernels, at, make }, { dy }, { height, width }) => {
      const [b, , c] = maps(dy);
      const dx = make([b, height, width, c]);
      kernels.spatialMeanGradient(at(dy), at(dx), b, height * width, c);
      return dx;
    },
  ),

  PyramidionWeightedSum: (heap, inputs) => {
    const { maps: of, last: weights } = listed(inputs);
    const y = heap.make(of[0].shape);
    heap.scratch(4 * of.length, (table) => {
      heap.write(table, of.map(heap.at));
      heap.kernels.weightedSum(table, of.length, heap.at(weights), heap.at(y), size(y.shape));
    });
    return y;
  },
  PyramidionWeightedSumMapGrad: kernel<'dy' | 'weights', { readonly index: number }>(
    ({ kernels, at, make }, { dy, weights }, { index }) => {
      const dx = make(dy.shape);
      kernels.scaleBy(at(dy), at(weights) + 4 * index, at(dx), size(dy.shape));
      return dx;
    },
  ),
  PyramidionWeightedSumWeightGrad: (heap, inputs) => {
    const { maps: of, last: dy } = listed(inputs);
    const dweights = heap.make([of.length]);
    const sums = of.map((map) => heap.kernels.dot(heap.at(map), heap.at(dy), size(dy.shape)));
    heap.writeNumbers(heap.at(dweights), sums);
    return dweights;
  },
});

/** Maps, at least one, and then another tensor. */
function listed(inputs: { readonly [name: string]: TensorInfo }) {
  const [first, ...rest] = Object.values(inputs);
  const last = rest.pop();
  if (first === undefined || last === undefined) throw new RangeError('weightedSum: no maps were given');
  return { maps: [first, ...rest] as const, last };
}
