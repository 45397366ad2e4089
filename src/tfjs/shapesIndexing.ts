import type { DataType } from '@tensorflow/tfjs-core';
import { axesOf } from './shapesReduction.ts';
import { type Form, type FormRule, form } from './shapesRule.ts';

const gather: FormRule<{ x: Form; indices: Form }, { axis: number; batchDims?: number }> = (
  { x, indices },
  { axis, batchDims = 0 },
) => {
  const [at = 0] = axesOf(axis, x.shape);
  return form([...x.shape.slice(0, at), ...indices.shape.slice(batchDims), ...x.shape.slice(at + 1)], x.dtype);
};

const gatherNd: FormRule<{ params: Form; indices: Form }> = ({ params, indices }) =>
  form([...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1) ?? 0)], params.dtype);

const segmentSum: FormRule<{ x: Form; segmentIds: Form }, { numSegments: number }> = (
  { x, segmentIds },
  { numSegments },
) => form([numSegments, ...x.shape.slice(segmentIds.shape.length)], 'float32');

/** Kernels that go by indices, which are tensors. */
export const indexings = {
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: (({ indices }, { depth, dtype = 'int32' }) => form([...indices.shape, depth], dtype)) satisfies FormRule<
    { indices: Form },
    { depth: number; dtype?: DataType }
  >,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: (({ updates }, { shape }) => form(shape, updates.dtype)) satisfies FormRule<
    { indices: Form; updates: Form },
    { shape: readonly number[] }
  >,
  TensorScatterUpdate: (({ tensor }) => form(tensor.shape, tensor.dtype)) satisfies FormRule<{ tensor: Form }>,
  SparseToDense: (({ sparseValues }, { outputShape }) => form(outputShape, sparseValues.dtype)) satisfies FormRule<
    { sparseValues: Form },
    { outputShape: readonly number[] }
  >,
  SearchSorted: (({ values }) => form(values.shape, 'int32')) satisfies FormRule<{ values: Form }>,
  Multinomial: (({ logits }, { numSamples }) => form([logits.shape[0] ?? 0, numSamples], 'int32')) satisfies FormRule<
    { logits: Form },
    { numSamples: number }
  >,
  Transform: (({ image }, { outputShape }) => {
    const [n = 0, h = 0, w = 0, c = 0] = image.shape;
    const [height, width] = outputShape ?? [h, w];
    return form([n, height, width, c], image.dtype);
  }) satisfies FormRule<{ image: Form }, { outputShape?: readonly [number, number] }>,
};
