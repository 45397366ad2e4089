import { backend_util } from '@tensorflow/tfjs-core';
import { type Form, type FormRule, form, open, under, type X } from './shapesRule.ts';

type Convolution = Parameters<typeof backend_util.computeConv2DInfo>;
type Pool = Parameters<typeof backend_util.computePool2DInfo>;
type Sides = readonly [height: number, width: number];
/** tfjs's functions promise ranks that its kernels check before. */
type Rank4 = [number, number, number, number];

interface ConvAttrs {
  readonly strides: Convolution[2];
  readonly dilations?: Convolution[3];
  readonly pad: Convolution[4];
  readonly dimRoundingMode?: NonNullable<Convolution[5]>;
  readonly dataFormat?: 'NHWC' | 'NCHW';
}
interface PoolAttrs {
  readonly filterSize: Pool[1];
  readonly strides: Pool[2];
  readonly pad: Pool[4];
  readonly dimRoundingMode?: NonNullable<Pool[5]>;
}
type Filtered = { readonly x: Form; readonly filter: Form };

const convolution =
  (depthwise: boolean): FormRule<Filtered, ConvAttrs> =>
  ({ x, filter }, { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' }) => {
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const [of, by] = [open(x.shape) as Rank4, open(filter.shape) as Rank4];
    const info = backend_util.computeConv2DInfo(of, by, strides, dilations, pad, dimRoundingMode, depthwise, format);
    return form(info.outShape, x.dtype);
  };

const pooled = (x: Form, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): number[] =>
  backend_util.computePool2DInfo(open(x.shape) as Rank4, filterSize, strides, 1, pad, dimRoundingMode).outShape;

const likeInput: FormRule<{ dy: Form; input: Form }> = ({ input }) => form(input.shape, 'float32');
const resized =
  (dtype?: 'float32'): FormRule<{ images: Form }, { size: Sides }> =>
  ({ images }, { size: [height, width] }) =>
    form([images.shape[0] ?? 0, height, width, images.shape[3] ?? 0], dtype ?? images.dtype);

type Matrices = { readonly a: Form; readonly b: Form };
const matrixProduct: FormRule<Matrices, { transposeA?: boolean; transposeB?: boolean }> = (
  { a, b },
  { transposeA, transposeB },
) => {
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 0;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
  return form([...batch, rows, columns], a.dtype);
};

const shaped = (name: 'inputShape' | 'filterShape'): FormRule<object, { [N in typeof name]?: readonly number[] }> => {
  return (_, attrs) => form(attrs[name] ?? [], 'float32');
};

/** Kernels that look at neighbours, and matrix products. */
export const convolutions = {
  ...under('Conv2D FusedConv2D', convolution(false)),
  ...under('DepthwiseConv2dNative FusedDepthwiseConv2D', convolution(true)),
  ...under('Conv2DBackpropInput DepthwiseConv2dNativeBackpropInput', shaped('inputShape')),
  ...under('Conv2DBackpropFilter DepthwiseConv2dNativeBackpropFilter', shaped('filterShape')),
  ...under('MaxPool AvgPool', (({ x }, attrs) => form(pooled(x, attrs), x.dtype)) satisfies FormRule<X, PoolAttrs>),
  MaxPoolWithArgmax: (({ x }, attrs) => {
    const shape = pooled(x, attrs);
    return [form(shape, x.dtype), form(shape, 'int32')];
  }) satisfies FormRule<X, PoolAttrs>,
  ...under('MaxPoolGrad AvgPoolGrad', likeInput),
  ResizeBilinear: resized('float32'),
  ResizeNearestNeighbor: resized(),
  ...under('ResizeBilinearGrad ResizeNearestNeighborGrad', (({ images }) =>
    form(images.shape, 'float32')) satisfies FormRule<{ images: Form }>),
  CropAndResize: (({ image, boxes }, { cropSize }) =>
    form([boxes.shape[0] ?? 0, cropSize[0], cropSize[1], image.shape[3] ?? 0], 'float32')) satisfies FormRule<
    { image: Form; boxes: Form },
    { cropSize: Sides }
  >,
  FusedBatchNorm: (({ x }) => form(x.shape, x.dtype)) satisfies FormRule<X>,
  ...under('BatchMatMul _FusedMatMul', matrixProduct),
};
