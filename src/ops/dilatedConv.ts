import {
  backend_util,
  batchToSpaceND,
  conv2d,
  conv2dTranspose,
  engine,
  type NamedTensorMap,
  spaceToBatchND,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { compositeOp, type Shape } from './composite.ts';

export interface DilatedConvOptions {
  /** Pixels from one tap of the filter to the next. */
  readonly dilation: number;
  /** `same`, `valid`, or pixels on each side. Default `same`. */
  readonly padding?: 'same' | 'valid' | number;
}

/**
 * Convolution of stride 1 by a filter with holes, which tf.conv2d has without a gradient.
 * [b, h, w, in], [k, k, in, out] -> [b, h', w', out].
 *
 * @throws RangeError for a dilation that is not a whole number, or channels that differ
 * @see Yu and Koltun, 2016
 */
export function dilatedConv(
  x: Tensor4D,
  filter: Tensor4D,
  { dilation, padding = 'same' }: DilatedConvOptions,
): Tensor4D {
  if (!(Number.isInteger(dilation) && dilation >= 1))
    throw new RangeError(`dilatedConv: dilation is ${dilation}; it must be a whole number of at least 1`);
  if (x.shape.length !== 4 || filter.shape.length !== 4 || x.shape[3] !== filter.shape[2])
    throw new RangeError(
      `dilatedConv: x is [${x.shape}] and filter [${filter.shape}]; they must be [b, h, w, in] and [k, k, in, out]`,
    );
  const { padInfo, outHeight, outWidth } = backend_util.computeConv2DInfo(x.shape, filter.shape, 1, dilation, padding);
  const { top, bottom, left, right } = padInfo;
  if (outHeight < 1 || outWidth < 1)
    throw new RangeError(
      `dilatedConv: x is ${x.shape[1]}x${x.shape[2]}, smaller than a ${filter.shape[0]}x${filter.shape[1]} filter dilated by ${dilation}; pad it`,
    );
  const attrs = {
    dilation,
    top,
    bottom,
    left,
    right,
    inHeight: x.shape[1],
    inWidth: x.shape[2],
    kernelHeight: filter.shape[0],
    kernelWidth: filter.shape[1],
  };
  return convOp({ x, filter }, attrs).y;
}

/** Padding in pixels, and the sides of map and filter. */
type Attrs = {
  dilation: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
  inHeight: number;
  inWidth: number;
  kernelHeight: number;
  kernelWidth: number;
};

const outSides = ([, h = 0, w = 0]: Shape, [kh = 0, kw = 0]: Shape, a: Attrs) =>
  [h + a.top + a.bottom - (kh - 1) * a.dilation, w + a.left + a.right - (kw - 1) * a.dilation] as const;

const convOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionDilatedConv',
  body: ({ x, filter }: { x: Tensor4D; filter: Tensor4D }, { dilation, top, bottom, left, right }: Attrs) => ({
    y: conv2d(
      x,
      filter,
      1,
      [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      'NHWC',
      dilation,
    ),
  }),
  shapes: ({ x, filter }, attrs) => ({ y: [x[0] ?? 0, ...outSides(x, filter, attrs), filter[3] ?? 0] }),
  gradient: {
    saves: ['x', 'filter'],
    of: ({ y: dy }, { x, filter }, attrs) => ({
      x: () => inputGradOp({ dy, filter }, attrs).dx,
      filter: () => filterGradOp({ x, dy }, attrs).dfilter,
    }),
  },
});

const inputGradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionDilatedConvInputGrad',
  body: ({ dy, filter }: { dy: Tensor4D; filter: Tensor4D }, attrs: Attrs) => {
    const { dilation: d } = attrs;
    const { phases, crops } = byPhase(dy, attrs);
    const [b, h, w] = phases.shape;
    const [kh, kw, inputs] = filter.shape;
    const dx = conv2dTranspose(phases, filter, [b, h + kh - 1, w + kw - 1, inputs], 1, 'valid');
    return { dx: batchToSpaceND(dx, [d, d], crops) };
  },
  shapes: ({ dy: [b = 0], filter }, { inHeight, inWidth }) => ({ dx: [b, inHeight, inWidth, filter[2] ?? 0] }),
});

const filterGradOp = /* @__PURE__ */ compositeOp({
  name: 'PyramidionDilatedConvFilterGrad',
  body: ({ x, dy }: { x: Tensor4D; dy: Tensor4D }, attrs: Attrs) => {
    const { dilation: d, kernelHeight, kernelWidth } = attrs;
    const { phases, crops } = byPhase(dy, attrs);
    const inputs: NamedTensorMap = { x: spaceToBatchND(x, [d, d], crops), dy: phases };
    const filterShape = [kernelHeight, kernelWidth, x.shape[3], dy.shape[3]];
    const plain = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', filterShape };
    return { dfilter: engine().runKernel<Tensor>('Conv2DBackpropFilter', inputs, plain) };
  },
  shapes: ({ x, dy }, { kernelHeight, kernelWidth }) => ({
    dfilter: [kernelHeight, kernelWidth, x[3] ?? 0, dy[3] ?? 0],
  }),
});

/** Every d-th row and column is a plain convolution of its own: d * d of them, as images of a batch. */
function byPhase(dy: Tensor4D, { dilation: d, top, bottom, left, right }: Attrs) {
  const [, h, w] = dy.shape;
  const [more, wider] = [(d - (h % d)) % d, (d - (w % d)) % d];
  const phases = spaceToBatchND(
    dy,
    [d, d],
    [
      [0, more],
      [0, wider],
    ],
  );
  const crops = [
    [top, bottom + more],
    [left, right + wider],
  ]; // padding of x that makes them all of one size
  return { phases, crops };
}
