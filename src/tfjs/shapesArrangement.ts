import { slice_util, util } from '@tensorflow/tfjs-core';
import { type Form, type FormRule, form, open, product, under, type X } from './shapesRule.ts';

type Pads = readonly (readonly [before: number, after: number])[];
const padded: FormRule<X, { paddings: Pads }> = ({ x }, { paddings }) =>
  form(
    x.shape.map((side, i) => side + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0)),
    x.dtype,
  );

/** Where a new axis goes: -1 is behind the last. */
export const place = (axis: number, rank: number) => (axis < 0 ? rank + 1 + axis : axis);
interface StridedSliceAttrs {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}
const stridedSlice: FormRule<X, StridedSliceAttrs> = ({ x }, a) =>
  form(
    slice_util.sliceInfo(
      open(x.shape),
      ...([
        a.begin,
        a.end,
        a.strides,
        a.beginMask,
        a.endMask,
        a.ellipsisMask,
        a.newAxisMask,
        a.shrinkAxisMask,
      ] as const),
    ).finalShape,
    x.dtype,
  );

/** A size of -1 is the rest of its axis. */
const slice: FormRule<X, { begin: number | number[]; size: number | number[] }> = ({ x }, { begin, size }) => {
  const like = { shape: open(x.shape) } as Parameters<typeof slice_util.parseSliceParams>[0];
  const [from = [], sizes = []] = slice_util.parseSliceParams(like, begin, size);
  slice_util.assertParamsValid(like, from, sizes);
  return form(sizes, x.dtype);
};

const spaceToBatch: FormRule<X, { blockShape: readonly number[]; paddings: Pads }> = (
  { x },
  { blockShape, paddings },
) => {
  const [batch = 0, ...rest] = x.shape;
  const sides = rest.map((side, i) => {
    const [before, after] = paddings[i] ?? [0, 0];
    return (side + before + after) / (blockShape[i] ?? 1);
  });
  return form([batch * product(blockShape), ...sides], x.dtype);
};

const batchToSpace: FormRule<X, { blockShape: readonly number[]; crops: Pads }> = ({ x }, { blockShape, crops }) => {
  const [batch = 0, ...rest] = x.shape;
  const sides = rest.map((side, i) => {
    const [before, after] = crops[i] ?? [0, 0];
    return side * (blockShape[i] ?? 1) - before - after;
  });
  return form([batch / product(blockShape), ...sides], x.dtype);
};

const depthToSpace: FormRule<X, { blockSize: number; dataFormat?: 'NHWC' | 'NCHW' }> = ({ x }, { blockSize: b }) => {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  return form([n, h * b, w * b, c / (b * b)], x.dtype);
};

/** Kernels that move numbers and leave them as they are. */
export const arrangements = {
  Reshape: (({ x }, { shape }) =>
    form(util.inferFromImplicitShape(open(shape), product(x.shape)), x.dtype)) satisfies FormRule<
    X,
    { shape: readonly number[] }
  >,
  ExpandDims: (({ input: { shape, dtype } }, { dim }) =>
    form(shape.toSpliced(place(dim, shape.length), 0, 1), dtype)) satisfies FormRule<{ input: Form }, { dim: number }>,
  Transpose: (({ x }, { perm }) =>
    form(
      perm.map((axis) => x.shape[axis] ?? 0),
      x.dtype,
    )) satisfies FormRule<X, { perm: readonly number[] }>,
  Tile: (({ x }, { reps }) =>
    form(
      x.shape.map((side, i) => side * (reps[i] ?? 1)),
      x.dtype,
    )) satisfies FormRule<X, { reps: readonly number[] }>,
  ...under('PadV2 MirrorPad', padded),
  ...under('Reverse FlipLeftRight RotateWithOffset', ((inputs) => {
    const x = inputs.x ?? inputs.image ?? form([], 'float32');
    return form(x.shape, x.dtype);
  }) satisfies FormRule<{ x?: Form; image?: Form }>),
  Slice: slice,
  StridedSlice: stridedSlice,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  Diag: (({ x }) => form([...x.shape, ...x.shape], x.dtype)) satisfies FormRule<X>,
};
