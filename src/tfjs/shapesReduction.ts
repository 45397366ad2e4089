import { backend_util, type DataType, util } from '@tensorflow/tfjs-core';
import { type Form, type FormRule, form, open, under, type X } from './shapesRule.ts';

type Axis = number | readonly number[] | null | undefined;
interface Attrs {
  readonly axis?: Axis;
  /** `Max` alone calls it so. */
  readonly reductionIndices?: Axis;
  readonly keepDims?: boolean;
}

/** Axes as numbers of at least 0; all of them where none are given. */
export const axesOf = (axis: Axis, shape: readonly number[]): number[] =>
  util.parseAxisParam(typeof axis === 'number' ? axis : open(axis ?? shape.map((_, i) => i)), open(shape));

function reduced({ shape }: Form, { axis, reductionIndices, keepDims }: Attrs): number[] {
  const axes = axesOf(axis ?? reductionIndices, shape);
  return shape.flatMap((side, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [side]));
}

const reduction =
  (dtype: (of: DataType) => DataType): FormRule<X, Attrs> =>
  ({ x }, attrs) =>
    form(reduced(x, attrs), dtype(x.dtype));

const extremeAt: FormRule<X, Attrs> = ({ x }, { axis }) => {
  const [first = 0] = axesOf(axis, x.shape); // of several axes the kernels take the first
  return form(
    x.shape.filter((_, i) => i !== first),
    'int32',
  );
};

const accumulated: FormRule<X> = ({ x }) => form(x.shape, backend_util.upcastType(x.dtype, 'int32'));

/** Kernels that make one number of many. */
export const reductions = {
  ...under(
    'All Any Max Min',
    reduction((dtype) => dtype),
  ),
  ...under(
    'Sum Prod',
    reduction((dtype) => backend_util.upcastType(dtype, 'int32')),
  ),
  Mean: reduction(() => 'float32'),
  ...under('ArgMax ArgMin', extremeAt),
  ...under('Cumsum Cumprod', accumulated),
  ...under('Softmax', (({ logits }) => form(logits.shape, logits.dtype)) satisfies FormRule<{
    logits: Form;
  }>),
  TopK: (({ x }, { k }) => {
    const shape = [...x.shape.slice(0, -1), k];
    return [form(shape, x.dtype), form(shape, 'int32')];
  }) satisfies FormRule<X, { k: number }>,
  Bincount: (({ weights }, { size }) => form([size], weights.dtype)) satisfies FormRule<
    { x: Form; weights: Form },
    { size: number }
  >,
  DenseBincount: (({ x, weights }, { size }) =>
    form([...x.shape.slice(0, -1), size], weights.dtype)) satisfies FormRule<
    { x: Form; weights: Form },
    { size: number }
  >,
};
