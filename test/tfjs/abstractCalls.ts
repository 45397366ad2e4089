import type { DataType } from '@tensorflow/tfjs-core';
import { type Form, form } from '../../src/tfjs/shapesRule.ts';

/** One drawn call of a kernel. */
export interface Call {
  readonly inputs: { readonly [name: string]: Form } | readonly Form[];
  readonly attrs?: object;
}
export type Draw = <T>(...from: readonly T[]) => T;
type Make = (draw: Draw) => Call;

/** At least 2 wide, so that 0 and 1 are indices everywhere. */
const side = (draw: Draw) => draw(2, 3, 4);
const shape = (draw: Draw, rank: number) => Array.from({ length: rank }, () => side(draw));
const any = (draw: Draw, dtype: DataType = 'float32', least = 0) =>
  form(shape(draw, draw<number>(...[0, 1, 2, 3, 4].filter((rank) => rank >= least))), dtype);
const map = (draw: Draw) => [draw(1, 2), draw(4, 5, 7), draw(4, 6, 9), draw(1, 2, 3)] as const;
const axis = (draw: Draw, { shape: { length } }: Form) =>
  draw(...Array.from({ length: 2 * length }, (_, i) => i - length));

const unary =
  (...dtypes: DataType[]): Make =>
  (draw) => ({ inputs: { x: any(draw, draw(...dtypes)) }, attrs: { alpha: 0.1, clipValueMin: 0, clipValueMax: 1 } });
const named = (names: string, make: Make): { [kernel: string]: Make } =>
  Object.fromEntries(names.split(' ').map((name) => [name, make]));

/** Two shapes that broadcast. */
const pair =
  (...dtypes: DataType[]): Make =>
  (draw) => {
    const [whole, dtype] = [shape(draw, draw(0, 1, 2, 3)), draw(...dtypes)];
    const part = whole.slice(draw(0, 1)).map((n) => draw(n, n, 1));
    const [a, b] = draw([whole, part], [part, whole]);
    return { inputs: { a: form(a ?? [], dtype), b: form(b ?? [], dtype) } };
  };

const reduction =
  (name: 'axis' | 'reductionIndices', ...dtypes: DataType[]): Make =>
  (draw) => {
    const x = any(draw, draw(...dtypes), 1);
    const all = x.shape.map((_, i) => i);
    const chosen = draw<number | number[]>(all, all.slice(0, 1), all.slice(-1), all.slice(1, 3), [-1], axis(draw, x));
    return { inputs: { x }, attrs: { [name]: chosen, keepDims: draw(true, false) } };
  };
const alongAxis: Make = (draw) => {
  const x = any(draw, draw('float32', 'int32'), 1);
  return { inputs: { x }, attrs: { axis: x.shape.length - 1, exclusive: false, reverse: false } };
};

const padding = (draw: Draw) =>
  draw<'same' | 'valid' | number | number[][]>('same', 'valid', 1, [
    [0, 0],
    [0, 1],
    [2, 1],
    [0, 0],
  ]); // prettier: rows, columns
const window = (draw: Draw) => ({
  strides: draw<number | number[]>(1, 2, [2, 1]),
  pad: padding(draw),
  dimRoundingMode: draw('floor', 'ceil'),
});
const convolution: Make = (draw) => {
  const x = map(draw);
  const [h, w, out] = [draw(1, 2, 3), draw(1, 3), draw(1, 2)];
  const strides = draw<number | number[]>(1, 2, [2, 1]);
  const dilations = strides === 1 ? draw(1, 2) : 1;
  const attrs = { ...window(draw), strides, dilations, dataFormat: 'NHWC', activation: 'linear' };
  return { inputs: { x: form(x, 'float32'), filter: form([h, w, x[3], out], 'float32') }, attrs };
};
/** The gradient of a convolution of stride 1 or 2, padding SAME: y is ceil(x / stride). */
const gradient =
  (depthwise: boolean, of: 'Input' | 'Filter'): Make =>
  (draw) => {
    const [b, h, w, c] = map(draw);
    const [kernel, stride, out] = [draw(1, 3), draw(1, 2), draw(1, 2)];
    const filter = [kernel, kernel, c, out];
    const dy = form([b, Math.ceil(h / stride), Math.ceil(w / stride), depthwise ? c * out : out], 'float32');
    const attrs = { strides: stride, pad: 'same', dilations: 1, dataFormat: 'NHWC' };
    return of === 'Input'
      ? { inputs: { dy, filter: form(filter, 'float32') }, attrs: { ...attrs, inputShape: [b, h, w, c] } }
      : { inputs: { dy, x: form([b, h, w, c], 'float32') }, attrs: { ...attrs, filterShape: filter } };
  };

const pool: Make = (draw) => ({
  inputs: { x: form(map(draw), 'float32') },
  attrs: { filterSize: draw<number | number[]>(2, 3, [2, 3]), ...window(draw) },
});
const poolGrad: Make = (draw) => {
  const [b, h, w, c] = map(draw);
  const [input, dy] = [form([b, h, w, c], 'float32'), form([b, Math.ceil(h / 2), Math.ceil(w / 2), c], 'float32')];
  return { inputs: { dy, input, output: dy }, attrs: { filterSize: draw(2, 3), strides: 2, pad: 'same' } };
};
const resize: Make = (draw) => ({
  inputs: { images: form(map(draw), draw('float32', 'int32')) },
  attrs: { size: [draw(2, 5), draw(3, 9)], alignCorners: false, halfPixelCenters: draw(true, false) },
});
const resizeGrad: Make = (draw) => {
  const [b, , h, c] = map(draw);
  // Square: the cpu backend's bilinear gradient says [b, w, h, c] of [b, h, w, c].
  const inputs = { images: form([b, h, h, c], 'float32'), dy: form([b, draw(2, 5), draw(3, 9), c], 'float32') };
  return { inputs, attrs: { alignCorners: draw(true, false), halfPixelCenters: false } };
};
const matrices: Make = (draw) => {
  const [batch, m, k, n] = [shape(draw, draw(1, 2)), side(draw), side(draw), side(draw)];
  const [transposeA, transposeB] = [draw(true, false), draw(true, false)];
  const [a, b] = [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]];
  const single = batch.map(() => 1);
  const [of, by] = draw([batch, batch], [single, batch], [batch, single]);
  const inputs = { a: form([...(of ?? []), ...a], 'float32'), b: form([...(by ?? []), ...b], 'float32') };
  return { inputs, attrs: { transposeA, transposeB, activation: 'linear' } };
};
const fusedMatrices: Make = (draw) => {
  const { inputs, attrs = {} } = matrices(draw);
  return { inputs, attrs };
};

const pads: Make = (draw) => {
  const x = any(draw, draw('float32', 'int32'), 1);
  return {
    inputs: { x },
    attrs: { paddings: x.shape.map(() => [draw(0, 1), draw(0, 1)]), constantValue: 0, mode: 'symmetric' },
  };
};
const alike = (draw: Draw) => {
  const { shape: first, dtype } = any(draw, draw('float32', 'int32'), 1);
  return Array.from({ length: draw(1, 2, 3) }, () => form(first, dtype));
};
const flipped: Make = (draw) => ({
  inputs: { image: form(map(draw), 'float32') },
  attrs: { radians: 0.3, fillValue: 0, center: 0.5 },
});

/** For each kernel that has a rule, how a call of it is drawn. */
export const calls: { readonly [kernel: string]: Make } = {
  ...named('Acos Acosh Asin Asinh Atan Atanh Cos Cosh Elu Erf Expm1 Log Log1p Reciprocal Rsqrt Selu', unary('float32')),
  ...named('Sigmoid Sin Sinh Softplus Sqrt Tan Tanh Exp LeakyRelu', unary('float32')),
  ...named('Abs Ceil ClipByValue Floor Neg Relu Relu6 Round Sign Square Step', unary('float32', 'int32')),
  ...named('Identity OnesLike ZerosLike', unary('float32', 'int32', 'bool')),
  ...named('IsFinite IsInf IsNan', unary('float32', 'int32')),
  LogicalNot: unary('bool'),
  Prelu: (draw) => {
    const x = any(draw, 'float32', 1);
    return { inputs: { x, alpha: form(x.shape.slice(-1), 'float32') } };
  },
  LRN: (draw) => ({
    inputs: { x: form(map(draw), 'float32') },
    attrs: { depthRadius: 1, bias: 1, alpha: 1, beta: 0.5 },
  }),
  LRNGrad: (draw) => {
    const x = form(map(draw), 'float32');
    return { inputs: { x, y: x, dy: x }, attrs: { depthRadius: 1, bias: 1, alpha: 1, beta: 0.5 } };
  },
  EluGrad: (draw) => {
    const y = any(draw);
    return { inputs: { y, dy: y } };
  },
  Cast: (draw) => ({
    inputs: { x: any(draw, draw('float32', 'int32', 'bool')) },
    attrs: { dtype: draw('float32', 'int32', 'bool') },
  }),
  ...named(
    'Add Atan2 Maximum Minimum Mod Multiply Pow RealDiv SquaredDifference Sub FloorDiv',
    pair('float32', 'int32'),
  ),
  BitwiseAnd: pair('int32'),
  ...named('Equal Greater GreaterEqual Less LessEqual NotEqual', pair('float32', 'int32', 'bool')),
  ...named('LogicalAnd LogicalOr', pair('bool')),
  Select: (draw) => {
    const [t, other] = [any(draw, draw('float32', 'int32'), 1), draw('float32', 'int32')] as const;
    const condition = form(draw(t.shape, t.shape.slice(0, 1)), 'bool');
    return { inputs: { condition, t, e: form(t.shape, draw(t.dtype, other)) } };
  },
  AddN: (draw) => ({ inputs: alike(draw) }),
  ...named('Sum Prod', reduction('axis', 'float32', 'int32', 'bool')),
  Mean: reduction('axis', 'float32', 'int32'),
  Min: reduction('axis', 'float32', 'int32'),
  Max: reduction('reductionIndices', 'float32', 'int32'),
  ...named('All Any', reduction('axis', 'bool')),
  ...named('ArgMax ArgMin', (draw) => {
    const x = any(draw, 'float32', 1);
    return { inputs: { x }, attrs: { axis: axis(draw, x) } };
  }),
  ...named('Cumsum Cumprod', alongAxis),
  ...named('Softmax', (draw) => {
    const logits = any(draw, 'float32', 1);
    return { inputs: { logits }, attrs: { dim: -1 } };
  }),
  TopK: (draw) => ({ inputs: { x: any(draw, draw('float32', 'int32'), 1) }, attrs: { k: draw(1, 2), sorted: true } }),
  Bincount: (draw) => {
    const x = form([side(draw)], 'int32');
    return { inputs: { x, weights: form(x.shape, draw('float32', 'int32')) }, attrs: { size: draw(2, 5) } };
  },
  DenseBincount: (draw) => {
    const x = form(shape(draw, draw(1, 2)), 'int32');
    return {
      inputs: { x, weights: form(x.shape, draw('float32', 'int32')) },
      attrs: { size: draw(2, 5), binaryOutput: false },
    };
  },
  ...named('Conv2D FusedConv2D DepthwiseConv2dNative FusedDepthwiseConv2D', convolution),
  Conv2DBackpropInput: gradient(false, 'Input'),
  Conv2DBackpropFilter: gradient(false, 'Filter'),
  DepthwiseConv2dNativeBackpropInput: gradient(true, 'Input'),
  DepthwiseConv2dNativeBackpropFilter: gradient(true, 'Filter'),
  ...named('MaxPool AvgPool', pool),
  MaxPoolWithArgmax: (draw) => ({
    ...pool(draw),
    attrs: { filterSize: 2, strides: draw(1, 2), pad: draw('same', 'valid'), includeBatchInIndex: false },
  }),
  ...named('MaxPoolGrad AvgPoolGrad', poolGrad),
  ...named('ResizeBilinear ResizeNearestNeighbor', resize),
  ...named('ResizeBilinearGrad ResizeNearestNeighborGrad', resizeGrad),
  CropAndResize: (draw) => {
    const [boxes, image] = [side(draw), [2, ...map(draw).slice(1)]];
    const inputs = {
      image: form(image, 'float32'),
      boxes: form([boxes, 4], 'float32'),
      boxInd: form([boxes], 'int32'),
    };
    return { inputs, attrs: { cropSize: [draw(2, 5), 3], method: 'bilinear', extrapolationValue: 0 } };
  },
  FusedBatchNorm: (draw) => {
    const x = map(draw);
    const c = form([x[3]], 'float32');
    return {
      inputs: { x: form(x, 'float32'), mean: c, variance: c, scale: c, offset: c },
      attrs: { varianceEpsilon: 0.1 },
    };
  },
  BatchMatMul: matrices,
  _FusedMatMul: fusedMatrices,
  Reshape: (draw) => {
    const x = form([side(draw), 6, side(draw)], draw('float32', 'int32'));
    return { inputs: { x }, attrs: { shape: draw([-1], [3, -1, 2], [x.shape[0], 2, 3, x.shape[2]]) } };
  },
  ExpandDims: (draw) => {
    const input = any(draw, draw('float32', 'bool'));
    return { inputs: { input }, attrs: { dim: draw(0, -1, input.shape.length) } };
  },
  Transpose: (draw) => {
    const x = any(draw, draw('float32', 'int32'), 2);
    const perm = x.shape.map((_, i) => i);
    return { inputs: { x }, attrs: { perm: draw(perm.toReversed(), [...perm.slice(1), 0]) } };
  },
  Tile: (draw) => {
    const x = any(draw, draw('float32', 'int32'), 1);
    return { inputs: { x }, attrs: { reps: x.shape.map(() => draw(1, 2, 3)) } };
  },
  ...named('PadV2 MirrorPad', pads),
  Reverse: (draw) => {
    const x = any(draw, draw('float32', 'int32'), 1);
    return { inputs: { x }, attrs: { dims: axis(draw, x) } };
  },
  ...named('FlipLeftRight RotateWithOffset', flipped),
  Slice: (draw) => {
    const x = any(draw, draw('float32', 'int32'), 1);
    const whole = x.shape.map(() => draw(-1, 1));
    return {
      inputs: { x },
      attrs: draw({ begin: x.shape.map(() => draw(0, 1)), size: whole }, { begin: 1, size: -1 }),
    };
  },
  StridedSlice: (draw) => {
    const x = form(shape(draw, 3), 'float32');
    const masks = {
      beginMask: draw(0, 1),
      endMask: draw(0, 2),
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: draw(0, 4),
    };
    return { inputs: { x }, attrs: { begin: [0, 0, 1], end: [2, 1, 2], strides: [draw(1, 2), 1, 1], ...masks } };
  },
  Concat: (draw) => {
    const [first = form([2], 'float32'), ...others] = alike(draw);
    const at = axis(draw, first);
    const longer = form(first.shape.with(at, draw(1, 5)), first.dtype);
    return { inputs: draw([first, ...others], [first, longer]), attrs: { axis: at } };
  },
  Pack: (draw) => {
    const inputs = alike(draw);
    return { inputs, attrs: { axis: draw(0, inputs[0]?.shape.length ?? 0) } };
  },
  Unpack: (draw) => {
    const value = any(draw, 'float32', 1);
    return { inputs: { value }, attrs: { axis: axis(draw, value) } };
  },
  SplitV: (draw) => {
    const x = form([2, 6, side(draw)], draw('float32', 'int32'));
    return {
      inputs: { x },
      attrs: { axis: draw(1, -2), numOrSizeSplits: draw<number | number[]>(1, 2, 3, [1, 5], [2, -1, 1]) },
    };
  },
  SpaceToBatchND: (draw) => ({
    inputs: { x: form([draw(1, 2), 4, 6, draw(1, 3)], 'float32') },
    attrs: draw(
      {
        blockShape: [2, 2],
        paddings: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        blockShape: [1, 3],
        paddings: [
          [1, 0],
          [0, 3],
        ],
      },
    ), // rows, columns
  }),
  BatchToSpaceND: (draw) => ({
    inputs: { x: form([draw(4, 8), 3, 4, draw(1, 3)], 'float32') },
    attrs: draw(
      {
        blockShape: [2, 2],
        crops: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        blockShape: [1, 4],
        crops: [
          [1, 0],
          [0, 3],
        ],
      },
    ), // rows, columns
  }),
  DepthToSpace: (draw) => ({
    inputs: { x: form([draw(1, 2), 2, 3, draw(4, 8)], 'float32') },
    attrs: { blockSize: 2, dataFormat: 'NHWC' },
  }),
  Diag: (draw) => ({ inputs: { x: form(shape(draw, draw(1, 2)), 'float32') } }),
  Fill: (draw) => ({
    inputs: {},
    attrs: { shape: shape(draw, draw(0, 1, 3)), value: 1, dtype: draw('float32', 'int32', 'bool', undefined) },
  }),
  Range: (draw) => ({
    inputs: {},
    attrs: {
      ...draw(
        { start: 0, stop: 7, step: 2 },
        { start: 5, stop: -1, step: -3 },
        { start: 1, stop: 1, step: 1 },
        { start: 3, stop: 0, step: 1 },
      ),
      dtype: draw('float32', 'int32'),
    },
  }),
  LinSpace: (draw) => ({ inputs: {}, attrs: { start: 0, stop: 1, num: draw(1, 2, 7) } }),
  GatherV2: (draw) => {
    const x = form([3, 2, ...shape(draw, draw(0, 1))], draw('float32', 'int32'));
    const [at, batchDims] = draw([0, 0], [1, 0], [-1, 0], [1, 1]);
    const indices = form(batchDims === 1 ? [3, draw(1, 4)] : shape(draw, draw(0, 1, 2)), 'int32');
    return { inputs: { x, indices }, attrs: { axis: at, batchDims } };
  },
  GatherNd: (draw) => ({
    inputs: {
      params: form(shape(draw, 3), 'float32'),
      indices: form([...shape(draw, draw(1, 2)), draw(1, 2, 3)], 'int32'),
    },
  }),
  OneHot: (draw) => ({
    inputs: { indices: any(draw, 'int32') },
    attrs: { depth: draw(2, 5), onValue: 1, offValue: 0, dtype: draw('float32', 'int32', 'bool') },
  }),
  UnsortedSegmentSum: (draw) => {
    const x = form(shape(draw, draw(1, 2, 3)), draw('float32', 'int32'));
    return { inputs: { x, segmentIds: form(x.shape.slice(0, 1), 'int32') }, attrs: { numSegments: draw(2, 6) } };
  },
  ScatterNd: (draw) => {
    const n = draw(1, 3);
    return {
      inputs: { indices: form([n, 1], 'int32'), updates: form([n, 4], draw('float32', 'int32')) },
      attrs: { shape: [5, 4] },
    };
  },
  TensorScatterUpdate: (draw) => {
    const [n, dtype] = [draw(1, 3), draw<DataType>('float32', 'int32')];
    return { inputs: { tensor: form([5, 4], dtype), indices: form([n, 1], 'int32'), updates: form([n, 4], dtype) } };
  },
  SparseToDense: (draw) => {
    const [n, dtype] = [draw(1, 3), draw<DataType>('float32', 'int32')];
    const inputs = {
      sparseIndices: form([n, 2], 'int32'),
      sparseValues: form([n], dtype),
      defaultValue: form([], dtype),
    };
    return { inputs, attrs: { outputShape: [3, 4] } };
  },
  SearchSorted: (draw) => {
    const rows = side(draw);
    const inputs = { sortedSequence: form([rows, 4], 'float32'), values: form([rows, draw(1, 5)], 'float32') };
    return { inputs, attrs: { side: draw('left', 'right') } };
  },
  Multinomial: (draw) => ({
    inputs: { logits: form([side(draw), 3], 'float32') },
    attrs: { numSamples: draw(1, 6), seed: 1, normalized: false },
  }),
  Transform: (draw) => {
    const image = map(draw);
    const inputs = { image: form(image, 'float32'), transforms: form([image[0], 8], 'float32') };
    return {
      inputs,
      attrs: { interpolation: 'nearest', fillMode: 'constant', fillValue: 0, outputShape: draw(undefined, [3, 5]) },
    };
  },
};
