import { backend_util, type DataType } from '@tensorflow/tfjs-core';
import { type Form, type FormRule, form, open, under, type X } from './shapesRule.ts';

type Pair = { readonly a: Form; readonly b: Form };

const same: FormRule<X> = ({ x }) => form(x.shape, x.dtype);
const sameShape =
  (dtype: DataType): FormRule<X> =>
  ({ x }) =>
    form(x.shape, dtype);

const broadcast = (a: Form, b: Form) => backend_util.assertAndGetBroadcastShape(open(a.shape), open(b.shape));
const binary: FormRule<Pair> = ({ a, b }) => form(broadcast(a, b), a.dtype);
const binaryOf =
  (dtype: DataType): FormRule<Pair> =>
  ({ a, b }) =>
    form(broadcast(a, b), dtype);

const select: FormRule<{ condition: Form; t: Form; e: Form }> = ({ t, e }) =>
  form(t.shape, t.dtype === e.dtype ? t.dtype : backend_util.upcastType(t.dtype, e.dtype));

/** Kernels that make each number of the numbers at its own place. */
export const elementwise = {
  ...under('Acos Acosh Asin Asinh Atan Atanh Ceil ClipByValue Cos Cosh Elu Erf Expm1 Floor Identity Log Log1p', same),
  ...under('Neg OnesLike ZerosLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt', same),
  ...under('Square Step Tan Tanh LRN', same),
  ...under('Abs', same),
  ...under('Exp LeakyRelu Prelu', sameShape('float32')),
  ...under('IsFinite IsInf IsNan LogicalNot', sameShape('bool')),
  Cast: (({ x }, { dtype }) => form(x.shape, dtype)) satisfies FormRule<X, { dtype: DataType }>,
  ...under('Add Atan2 BitwiseAnd Maximum Minimum Mod Multiply Pow RealDiv SquaredDifference Sub', binary),
  ...under('Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual', binaryOf('bool')),
  FloorDiv: binaryOf('int32'),
  Select: select,
  AddN: ((inputs) => {
    const [first = form([], 'float32')] = inputs;
    return form(first.shape, first.dtype);
  }) satisfies FormRule<readonly Form[]>,
  EluGrad: (({ y }) => form(y.shape, 'float32')) satisfies FormRule<{ dy: Form; y: Form }>,
  LRNGrad: (({ x, dy }) => form(dy.shape, x.dtype)) satisfies FormRule<{ x: Form; dy: Form }>,
};
