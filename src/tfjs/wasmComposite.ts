import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../engine/geometry.ts';
import { activations } from '../engine/kernels.ts';
import type { Heap } from './wasmHeap.ts';

type Inputs = { readonly [name: string]: TensorInfo };
type Run<Names extends string, Attrs = unknown> = (
  heap: Heap,
  inputs: { readonly [N in Names]: TensorInfo },
  attrs: Attrs,
) => TensorInfo | TensorInfo[];

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const channels = (x: TensorInfo) => x.shape.at(-1) ?? 1;
const rows = (x: TensorInfo) => size(x.shape.slice(0, -1));
/** Batch, pixels of a map, channels. */
const maps = ({ shape: [b = 0, h = 0, w = 0, c = 0] }: TensorInfo) => [b, h * w, c] as const;

export const swish: Run<'x'> = ({ kernels, at, make, constants }, { x }) => {
  const y = make(x.shape);
  kernels.swish(constants, at(x), at(y), size(x.shape));
  return y;
};

export const swishGrad: Run<'x' | 'dy'> = ({ kernels, at, make, constants }, { x, dy }) => {
  const dx = make(x.shape);
  kernels.swishGradient(constants, at(x), at(dy), at(dx), size(x.shape));
  return dx;
};

interface NormAttrs {
  readonly epsilon: number;
  readonly activation: keyof typeof activations;
}

/** Both norms: statistics of x are made where none are given. */
function norm(heap: Heap, inputs: Inputs, { epsilon, activation }: NormAttrs, given: boolean): TensorInfo[] {
  const { kernels, at, make, constants } = heap;
  const { x, scale, offset } = inputs as { readonly [N in 'x' | 'scale' | 'offset']: TensorInfo };
  const [y, mean, variance] = [make(x.shape), inputs.mean ?? make(scale.shape), inputs.variance ?? make(scale.shape)];
  const c = channels(x);
  const rest = [constants, at(x), at(scale), at(offset), epsilon, at(y), at(mean), at(variance), rows(x), c] as const;
  heap.scratch(kernels.batchNormBytes(c), (scratch) =>
    (given ? kernels.normalize : kernels.batchNorm)(activations[activation], ...rest, scratch),
  );
  return given ? [y] : [y, mean, variance];
}

/** The gradients of x, scale and offset. */
function normGrad(heap: Heap, inputs: NormGrad, { epsilon, activation }: NormAttrs, given: boolean): TensorInfo[] {
  const { kernels, at, make, constants } = heap;
  const { x, dy, scale, offset, mean, variance } = inputs;
  const [dx, dscale, doffset] = [make(x.shape), make(scale.shape), make(scale.shape)];
  const c = channels(x);
  const from = [constants, at(x), at(dy), at(scale), at(offset), at(mean), at(variance), epsilon] as const;
  const to = [at(dx), at(dscale), at(doffset), rows(x), c] as const;
  heap.scratch(kernels.batchNormBytes(c), (scratch) =>
    (given ? kernels.normalizeGradient : kernels.batchNormGradient)(activations[activation], ...from, ...to, scratch),
  );
  return [dx, dscale, doffset];
}
type NormGrad = { readonly [N in 'x' | 'dy' | 'scale' | 'offset' | 'mean' | 'variance']: TensorInfo };

export const batchNorm: Run<'x' | 'scale' | 'offset', NormAttrs> = (...args) => norm(...args, false);
export const batchNormGrad: Run<keyof NormGrad, NormAttrs> = (...args) => normGrad(...args, false);
export const batchNormStored: Run<'x' | 'scale' | 'offset' | 'mean' | 'variance', NormAttrs> = (...args) =>
  norm(...args, true);
export const batchNormStoredGrad: Run<keyof NormGrad, NormAttrs> = (...args) => normGrad(...args, true);

export const biasAdd: Run<'x' | 'bias'> = ({ kernels, at, make }, { x, bias }) => {
  const y = make(x.shape);
  kernels.biasAdd(at(x), at(bias), at(y), rows(x), channels(x));
  return y;
};

export const channelSum: Run<'x'> = ({ kernels, at, make }, { x }) => {
  const y = make([channels(x)]);
  kernels.channelSum(at(x), at(y), rows(x), channels(x));
  return y;
};

export const scaleChannels: Run<'x' | 'scale'> = ({ kernels, at, make }, { x, scale }) => {
  const y = make(x.shape);
  kernels.scaleChannels(at(x), at(scale), at(y), ...maps(x));
  return y;
};

export const scaleChannelsGrad: Run<'x' | 'dy'> = ({ kernels, at, make }, { x, dy }) => {
  const [b, pixels, c] = maps(x);
  const dscale = make([b, 1, 1, c]);
  kernels.scaleChannelsGradient(at(x), at(dy), at(dscale), b, pixels, c);
  return dscale;
};

export const spatialMean: Run<'x'> = ({ kernels, at, make }, { x }) => {
  const [b, pixels, c] = maps(x);
  const y = make([b, 1, 1, c]);
  kernels.spatialMean(at(x), at(y), b, pixels, c);
  return y;
};

export const spatialMeanGrad: Run<'dy', { height: number; width: number }> = (
  { kernels, at, make },
  { dy },
  { height, width },
) => {
  const [b, , c] = maps(dy);
  const dx = make([b, height, width, c]);
  kernels.spatialMeanGradient(at(dy), at(dx), b, height * width, c);
  return dx;
};

/** Maps, then weights. */
export function weightedSum(heap: Heap, inputs: Inputs): TensorInfo {
  const all = Object.values(inputs);
  const [[first, weights], count] = [[all[0], all.at(-1)], all.length - 1];
  if (first === undefined || weights === undefined) throw new RangeError('weightedSum: no maps were given');
  const y = heap.make(first.shape);
  heap.scratch(4 * count, (table) => {
    heap.write(table, all.slice(0, -1).map(heap.at));
    heap.kernels.weightedSum(table, count, heap.at(weights), heap.at(y), size(y.shape));
  });
  return y;
}

export const weightedSumMapGrad: Run<'dy' | 'weights', { index: number }> = (
  { kernels, at, make },
  { dy, weights },
  { index },
) => {
  const dx = make(dy.shape);
  kernels.scaleBy(at(dy), at(weights) + 4 * index, at(dx), size(dy.shape));
  return dx;
};

/** Maps, then dy. */
export function weightedSumWeightGrad(heap: Heap, inputs: Inputs): TensorInfo {
  const all = Object.values(inputs);
  const dy = all.at(-1);
  if (dy === undefined) throw new RangeError('weightedSum: no maps were given');
  const dweights = heap.make([all.length - 1]);
  const sums = all.slice(0, -1).map((map) => heap.kernels.dot(heap.at(map), heap.at(dy), size(dy.shape)));
  heap.writeNumbers(heap.at(dweights), sums);
  return dweights;
}

interface Sides {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly height: number;
  readonly width: number;
}

export const upsampleNearest: Run<'x', Sides> = (
  { kernels, at, make },
  { x },
  { inHeight, inWidth, height, width },
) => {
  const [b, , c] = maps(x);
  const y = make([b, height, width, c]);
  kernels.upsampleNearest(at(x), at(y), b, inHeight, inWidth, c, height, width);
  return y;
};

export const upsampleNearestGrad: Run<'dy', Sides> = (
  { kernels, at, make },
  { dy },
  { inHeight, inWidth, height, width },
) => {
  const [b, , c] = maps(dy);
  const dx = make([b, inHeight, inWidth, c]);
  kernels.upsampleNearestGradient(at(dy), at(dx), b, inHeight, inWidth, c, height, width);
  return dx;
};

export const resizeBilinearGrad: Run<'dy', Sides> = (
  { kernels, at, make },
  { dy },
  { inHeight, inWidth, height, width },
) => {
  const [b, , c] = maps(dy);
  const dx = make([b, inHeight, inWidth, c]);
  kernels.resizeBilinearGradient(at(dy), at(dx), b, inHeight, inWidth, c, height, width);
  return dx;
};

interface DilatedAttrs {
  readonly dilation: number;
  readonly top: number;
  readonly left: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
}

const dilated = (a: DilatedAttrs, batch: number, inChannels: number, out: readonly number[]): Geometry => ({
  batch,
  inChannels,
  inHeight: a.inHeight,
  inWidth: a.inWidth,
  outHeight: out[0] ?? 0,
  outWidth: out[1] ?? 0,
  outChannels: out[2] ?? 0,
  kernelHeight: a.kernelHeight,
  kernelWidth: a.kernelWidth,
  strideHeight: 1,
  strideWidth: 1,
  padTop: a.top,
  padLeft: a.left,
  dilationHeight: a.dilation,
  dilationWidth: a.dilation,
});

export const dilatedConv: Run<'x' | 'filter', DilatedAttrs & { readonly bottom: number; readonly right: number }> = (
  heap,
  { x, filter },
  attrs,
) => {
  const [b, , c] = maps(x);
  const { dilation: d } = attrs;
  const height = attrs.inHeight + attrs.top + attrs.bottom - (attrs.kernelHeight - 1) * d;
  const width = attrs.inWidth + attrs.left + attrs.right - (attrs.kernelWidth - 1) * d;
  const y = heap.make([b, height, width, channels(filter)]);
  heap.withGeometry(dilated(attrs, b, c, y.shape.slice(1)), heap.kernels.convolutionBytes, (g, scratch) =>
    heap.kernels.convolution(g, heap.at(x), heap.at(filter), heap.at(y), scratch),
  );
  return y;
};

export const dilatedConvInputGrad: Run<'dy' | 'filter', DilatedAttrs> = (heap, { dy, filter }, attrs) => {
  const [b] = maps(dy);
  const c = filter.shape[2] ?? 0;
  const dx = heap.make([b, attrs.inHeight, attrs.inWidth, c]);
  heap.withGeometry(dilated(attrs, b, c, dy.shape.slice(1)), heap.kernels.convolutionBytes, (g, scratch) =>
    heap.kernels.convolutionInputGradient(g, heap.at(dy), heap.at(filter), heap.at(dx), scratch),
  );
  return dx;
};

export const dilatedConvFilterGrad: Run<'x' | 'dy', DilatedAttrs> = (heap, { x, dy }, attrs) => {
  const [b, , c] = maps(x);
  const dfilter = heap.make([attrs.kernelHeight, attrs.kernelWidth, c, channels(dy)]);
  heap.withGeometry(dilated(attrs, b, c, dy.shape.slice(1)), heap.kernels.convolutionBytes, (g, scratch) =>
    heap.kernels.convolutionFilterGradient(g, heap.at(x), heap.at(dy), heap.at(dfilter), scratch),
  );
  return dfilter;
};
