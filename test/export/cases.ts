import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../../src/block/batchNorm.ts';
import { conv, depthwiseConv, separableConv } from '../../src/block/conv.ts';
import { dropConnect } from '../../src/block/dropConnect.ts';
import { fuse } from '../../src/block/fuse.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { squeezeExcite } from '../../src/block/squeezeExcite.ts';
import { upsample } from '../../src/block/upsample.ts';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { biasAdd } from '../../src/ops/biasAdd.ts';
import { convTranspose } from '../../src/ops/convTranspose.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { ranks } from '../../src/ops/ranks.ts';
import { resizeBilinear } from '../../src/ops/resizeBilinear.ts';
import { scaleChannels } from '../../src/ops/scaleChannels.ts';
import { spatialMean } from '../../src/ops/spatialMean.ts';
import { swish } from '../../src/ops/swish.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { weightedSum } from '../../src/ops/weightedSum.ts';
import { drawn } from './onnx.ts';

type Map4 = tf.Tensor4D;
type Op<T extends tf.Tensor = Map4> = (x: T) => tf.Tensor;

const of = (shape: readonly number[], dtype?: tf.DataType) => drawn(shape, dtype, 'of'); // a constant
const row = (n: number) => tf.add(of([n]), 2) as tf.Tensor1D;

/** Functions of a map [b, 7, 9, 4]. */
export const ofMaps: { readonly [name: string]: Op } = {
  // convolutions and pools: kernel, stride, padding
  'conv2d 3, 1, same': (x) => tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 1, 'same'),
  'conv2d 3, 2, same': (x) => tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 2, 'same'),
  'conv2d 2x3, 2x1, valid': (x) => tf.conv2d(x, of([2, 3, 4, 5]) as Map4, [2, 1], 'valid'),
  'conv2d 3, 2, 1 pixel': (x) => tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 2, 1),
  'conv2d 3, 2, its own pixels': (x) =>
    tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 2, [
      [0, 0],
      [2, 1],
      [0, 2],
      [0, 0],
    ]),
  'conv2d 3, 1, dilated': (x) => tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 1, 'same', 'NHWC', 2),
  'conv2d rounded up': (x) => tf.conv2d(x, of([2, 2, 4, 5]) as Map4, 2, 0, 'NHWC', 1, 'ceil'),
  'conv2d by a filter that is computed': (x) =>
    tf.conv2d(x, tf.mul(tf.reshape(tf.mean(x), [1, 1, 1, 1]), of([3, 3, 4, 5])) as Map4, 1, 'same'),
  'depthwise 3, 1, same': (x) => tf.depthwiseConv2d(x, of([3, 3, 4, 1]) as Map4, 1, 'same'),
  'depthwise 5, 2, same, twice the channels': (x) => tf.depthwiseConv2d(x, of([5, 5, 4, 2]) as Map4, 2, 'same'),
  'depthwise 3, 2, 1 pixel': (x) => tf.depthwiseConv2d(x, of([3, 3, 4, 1]) as Map4, 2, 1),
  'separable convolution': (x) => tf.separableConv2d(x, of([3, 3, 4, 1]) as Map4, of([1, 1, 4, 6]) as Map4, 1, 'same'),
  'transposed 2, 2': (x) => convTranspose(x, of([2, 2, 3, 4]) as Map4, { stride: 2, outputSize: [14, 18] }),
  'transposed 4, 2': (x) => convTranspose(x, of([4, 4, 3, 4]) as Map4, { stride: 2, outputSize: [13, 18] }),
  'transposed 2, 3, beyond its windows': (x) =>
    convTranspose(x, of([2, 2, 3, 4]) as Map4, { stride: 3, outputSize: [21, 26], padding: 'same' }),
  'transposed 3, 2, valid': (x) =>
    convTranspose(x, of([3, 3, 3, 4]) as Map4, { stride: 2, outputSize: [16, 19], padding: 'valid' }),
  'fused conv, bias and relu6': (x) =>
    tf.fused.conv2d({
      x,
      filter: of([3, 3, 4, 5]) as Map4,
      strides: 1,
      pad: 'same',
      bias: row(5),
      activation: 'relu6',
    }),
  'fused conv, sigmoid without bias': (x) =>
    tf.fused.conv2d({ x, filter: of([1, 1, 4, 5]) as Map4, strides: 1, pad: 'same', activation: 'sigmoid' }),
  'fused conv, leaky': (x) =>
    tf.fused.conv2d({
      x,
      filter: of([1, 1, 4, 5]) as Map4,
      strides: 1,
      pad: 'same',
      activation: 'leakyrelu',
      leakyreluAlpha: 0.3,
    }),
  'fused depthwise, elu': (x) =>
    tf.fused.depthwiseConv2d({
      x,
      filter: of([3, 3, 4, 1]) as Map4,
      strides: 1,
      pad: 1,
      bias: row(4),
      activation: 'elu',
    }),
  'conv, then bias and relu': (x) => tf.relu(tf.add(tf.conv2d(x, of([3, 3, 4, 5]) as Map4, 1, 'same'), row(5))),
  'maxPool 3, 2, same': (x) => tf.maxPool(x, 3, 2, 'same'),
  'maxPool 3, 2, 1 pixel': (x) => tf.maxPool(x, 3, 2, 1),
  'maxPool 2, 2, rounded up': (x) => tf.maxPool(x, 2, 2, 0, 'ceil'),
  'avgPool 3, 2, same': (x) => tf.avgPool(x, 3, 2, 'same'),
  'avgPool 3, 1, 1 pixel': (x) => tf.avgPool(x, 3, 1, 1),
  'avgPool 2, valid': (x) => tf.avgPool(x, 2, 2, 'valid'),
  'local response normalization': (x) => tf.localResponseNormalization(x, 1, 1.5, 0.3, 0.7),
  // sizes
  'bilinear, half pixels, larger': (x) => tf.image.resizeBilinear(x, [14, 18], false, true),
  'bilinear, half pixels, any size': (x) => tf.image.resizeBilinear(x, [10, 5], false, true),
  'bilinear, corners': (x) => tf.image.resizeBilinear(x, [13, 17], true),
  'bilinear, neither': (x) => tf.image.resizeBilinear(x, [13, 20]),
  'nearest, half pixels': (x) => tf.image.resizeNearestNeighbor(x, [13, 20], false, true),
  'nearest, corners': (x) => tf.image.resizeNearestNeighbor(x, [13, 20], true),
  'nearest, neither': (x) => tf.image.resizeNearestNeighbor(x, [14, 27]),
  depthToSpace: (x) => tf.depthToSpace(x, 2),
  // our ops
  swish: (x) => swish(x),
  biasAdd: (x) => biasAdd(x, row(4)),
  spatialMean: (x) => spatialMean(x),
  scaleChannels: (x) => scaleChannels(x, tf.sigmoid(spatialMean(x))),
  weightedSum: (x) => weightedSum([x, tf.relu(x), tf.square(x)], tf.tensor1d([0.2, 0.5, 0.9])),
  'weightedSum by weights that are computed': (x) =>
    weightedSum([x, tf.relu(x)], tf.concat([tf.reshape(tf.mean(x), [1]), row(1)])),
  'upsampleNearest, twice': (x) => upsampleNearest(x, [14, 18]),
  'upsampleNearest, any size': (x) => upsampleNearest(x, [49, 5]),
  'upsampleNearest of planes, any size': (x) => upsampleNearest(tf.maxPool(x, 1, 1, 'same'), [10, 14]),
  'resizeBilinear, twice': (x) => resizeBilinear(x, [14, 18]),
  'resizeBilinear, any size': (x) => resizeBilinear(x, [3, 20]),
  dilatedConv: (x) => dilatedConv(x, of([3, 3, 4, 5]) as Map4, { dilation: 3 }),
  'dilatedConv, valid': (x) => dilatedConv(x, of([3, 3, 4, 5]) as Map4, { dilation: 2, padding: 'valid' }),
  'batch norm of the batch': (x) => batchNormTraining(x, row(4), row(4), { epsilon: 0.1, activation: 'swish' }).y,
  'tf.batchNorm': (x) => tf.batchNorm(x, of([4]) as tf.Tensor1D, row(4), row(4), row(4), 0.1),
  'tf.batchNorm without scale and offset': (x) =>
    tf.batchNorm(x, of([4]) as tf.Tensor1D, row(4), undefined, undefined, 0.1),
  // layouts meet
  'planes plus a row': (x) => tf.add(tf.maxPool(x, 3, 1, 'same'), of([4])),
  'planes times rows and columns': (x) => tf.mul(tf.maxPool(x, 3, 1, 'same'), of([9, 4])),
  'planes plus a computed row': (x) => tf.add(tf.maxPool(x, 3, 1, 'same'), tf.mean(x, [0, 1, 2])),
  'planes plus pixels': (x) => tf.add(tf.maxPool(x, 3, 1, 'same'), tf.sin(x)),
  'planes to rows': (x) => tf.reshape(tf.maxPool(x, 3, 1, 'same'), [x.shape[0], -1, 2]),
  'planes of one pixel to rows': (x) => tf.reshape(spatialMean(x), [x.shape[0], 4]),
  'planes of one channel to rows': (x) =>
    tf.reshape(tf.conv2d(x, of([1, 1, 4, 1]) as Map4, 1, 'same'), [x.shape[0], -1]),
  'planes joined with pixels': (x) => tf.concat([tf.maxPool(x, 3, 1, 'same'), x], 3),
  'planes joined by rows': (x) => tf.concat([tf.maxPool(x, 3, 1, 'same'), x], 1),
  'planes split': (x) => tf.split(tf.maxPool(x, 3, 1, 'same'), [1, 3], 3)[1] as tf.Tensor,
  'planes padded': (x) =>
    tf.pad(
      tf.maxPool(x, 3, 1, 'same'),
      [
        [0, 0],
        [1, 2],
        [0, 3],
        [0, 0],
      ],
      0.5,
    ),
  'planes mirrored at the edge': (x) =>
    tf.mirrorPad(
      tf.maxPool(x, 3, 1, 'same'),
      [
        [0, 0],
        [1, 2],
        [0, 3],
        [0, 0],
      ],
      'reflect',
    ),
  'planes cut': (x) => tf.slice(tf.maxPool(x, 3, 1, 'same'), [0, 1, 2, 1], [-1, 3, -1, 2]),
  'planes reversed': (x) => tf.reverse(tf.maxPool(x, 3, 1, 'same'), [1, 3]),
  'mean of planes by channel': (x) => tf.mean(tf.maxPool(x, 3, 1, 'same'), [1, 2]),
  'mean of planes by row': (x) => tf.mean(tf.maxPool(x, 3, 1, 'same'), 2),
  'largest of the channels': (x) => tf.max(tf.maxPool(x, 3, 1, 'same'), 3),
  'largest of the channels, kept': (x) => tf.max(tf.maxPool(x, 3, 1, 'same'), 3, true),
  'softmax of planes': (x) => tf.softmax(tf.maxPool(x, 3, 1, 'same')),
  'prelu of planes': (x) => tf.prelu(tf.maxPool(x, 3, 1, 'same'), of([4])),
  'where of planes': (x) => tf.where(tf.greater(tf.maxPool(x, 3, 1, 'same'), 0.4), tf.maxPool(x, 3, 1, 'same'), x),
  'all the same, of any batch': (x) => tf.add(tf.onesLike(tf.maxPool(x, 3, 1, 'same')), tf.fill(x.shape, 0.5)),
  'images side by side': (x) => tf.reshape(x, [x.shape[0] * 7, 9, 4]),
  'images in two rows': (x) => tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [7, x.shape[0] * 9, 4]),
  'one constant image for each': (x) => tf.mul(tf.tile(of([1, 7, 9, 4]), [x.shape[0], 1, 1, 1]), x),
  'a constant image where it is dark': (x) => tf.where(tf.greater(x, 0), x, of([1, 7, 9, 4])),
  'ones of one image and of all': (x) => tf.add(tf.mul(x, tf.fill(x.shape, 2)), tf.fill([1, 7, 9, 4], 2)),
  'tiled for each image': (x) => tf.mul(tf.tile(of([1, 7, 1, 4]) as Map4, [x.shape[0], 1, 9, 1]), x),
};

/** Functions of rows [b, 6, 5]. */
export const ofRows: { readonly [name: string]: Op<tf.Tensor3D> } = {
  ...Object.fromEntries(
    (
      [
        tf.abs,
        tf.atan,
        tf.ceil,
        tf.cos,
        tf.cosh,
        tf.elu,
        tf.erf,
        tf.exp,
        tf.floor,
        tf.neg,
        tf.relu,
        tf.relu6,
        tf.round,
        tf.selu,
        tf.sigmoid,
        tf.sign,
        tf.sin,
        tf.sinh,
        tf.softplus,
        tf.tan,
        tf.tanh,
        tf.square,
        tf.expm1,
        tf.step,
        tf.zerosLike,
        tf.onesLike,
        tf.asin,
        tf.acos,
        tf.asinh,
        tf.isNaN,
        tf.isInf,
        tf.isFinite,
        tf.reciprocal,
      ] as const
    ).map((op) => [op.name.replace('__op', ''), op as Op<tf.Tensor3D>]),
  ),
  sqrt: (x) => tf.sqrt(tf.square(x)),
  rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 0.1)),
  log: (x) => tf.log(tf.add(tf.square(x), 0.1)),
  log1p: (x) => tf.log1p(tf.square(x)),
  acosh: (x) => tf.acosh(tf.add(tf.square(x), 1)),
  atanh: (x) => tf.atanh(tf.mul(x, 0.9)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  clip: (x) => tf.clipByValue(x, -0.5, 0.25),
  cast: (x) => tf.cast(tf.mul(x, 3), 'int32'),
  arithmetic: (x) => tf.div(tf.sub(tf.mul(x, 3), of([6, 1])), tf.add(tf.square(x), 1)),
  'maximum and minimum': (x) => tf.minimum(tf.maximum(x, of([5])), 0.5),
  pow: (x) => tf.pow(tf.abs(x), 1.7),
  mod: (x) => tf.mod(tf.mul(x, 7), of([5])),
  floorDiv: (x) => tf.floorDiv(tf.cast(tf.mul(x, 9), 'int32'), tf.scalar(4, 'int32')),
  squaredDifference: (x) => tf.squaredDifference(x, of([5])),
  addN: (x) => tf.addN([x, tf.exp(x), tf.neg(x)]),
  comparisons: (x) =>
    tf.logicalOr(tf.logicalAnd(tf.less(x, 0.3), tf.greaterEqual(x, of([5]))), tf.logicalNot(tf.lessEqual(x, 0.8))),
  'bools compared': (x) => tf.equal(tf.greater(x, 0), tf.notEqual(x, of([5]))),
  where: (x) => tf.where(tf.greater(x, of([5])), x, tf.zerosLike(x)),
  sum: (x) => tf.sum(x, -1),
  'sum of all': (x) => tf.sum(x),
  'sum of bools': (x) => tf.sum(tf.cast(tf.greater(x, 0), 'int32'), 1),
  mean: (x) => tf.mean(x, [1, 2], true),
  prod: (x) => tf.prod(x, 1),
  'min and max': (x) => tf.add(tf.min(x, 2), tf.max(x, 2)),
  'any and all': (x) => tf.logicalAnd(tf.any(tf.greater(x, 0), 2), tf.all(tf.greater(x, -2), 2)),
  argMax: (x) => tf.argMax(x, 1),
  argMin: (x) => tf.argMin(x, -1),
  cumsum: (x) => tf.cumsum(x, 1, true, true),
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  moments: (x) => tf.moments(x, [1]).variance,
  norm: (x) => tf.norm(x, 2, 2),
  topk: (x) => tf.topk(x, 3).values,
  'places of the top': (x) => tf.topk(x, 3).indices,
  ranks: (x) => ranks(x),
  reshape: (x) => tf.reshape(x, [x.shape[0], 30]),
  expandDims: (x) => tf.expandDims(x, 2),
  squeeze: (x) => tf.squeeze(tf.slice(x, [0, 0, 0], [-1, 1, -1]), [1]),
  transpose: (x) => tf.transpose(x, [2, 0, 1]),
  tile: (x) => tf.tile(x, [1, 2, 3]),
  slice: (x) => tf.slice(x, [0, 1, 2], [-1, 4, 2]),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 5, 1], [1, 0, 5], [1, -2, 2], 1, 1),
  'strided slice of one': (x) => tf.stridedSlice(x, [0, 2, 0], [1, 3, 5], [1, 1, 1], 1, 1, 0, 0, 2),
  reverse: (x) => tf.reverse(x, 1),
  'reverse of all axes': (x) => tf.reverse(x),
  'stack and unstack': (x) => tf.stack(tf.unstack(x, 1).slice(1, 3), 2),
  split: (x) => tf.concat(tf.split(x, 3, 1).reverse(), 2),
  gather: (x) => tf.gather(x, tf.tensor1d([4, 0, 4], 'int32'), 2),
  'gather by a matrix': (x) =>
    tf.gather(
      x,
      tf.tensor2d(
        [
          [1, 0],
          [3, 5],
        ],
        [2, 2],
        'int32',
      ),
      1,
    ),
  oneHot: (x) => tf.oneHot(tf.argMax(x, 2) as tf.Tensor2D, 5),
  matMul: (x) => tf.matMul(x, of([1, 5, 7])),
  'matMul, transposed': (x) => tf.matMul(x, x, false, true),
  'fused matMul': (x) => tf.fused.matMul({ a: x, b: of([1, 5, 7]), bias: row(7), activation: 'relu' }),
  dense: (x) => tf.relu(tf.add(tf.matMul(tf.reshape(x, [x.shape[0], 30]), of([30, 4])), row(4))),
  pad: (x) =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 0],
        [2, 3],
      ],
      -1,
    ),
};

/** Every block, of a map [b, 8, 12, 4]. */
export const blocks: { readonly [name: string]: () => (x: Map4) => tf.Tensor } = {
  conv: () => conv({ filters: 5, kernel: 3, stride: 2, activation: 'swish' }),
  'conv with norm': () => conv({ filters: 5, kernel: 3, norm: { activation: 'swish' } }),
  'conv with norm and bias, symmetric': () =>
    conv({ filters: 5, kernel: 3, stride: 2, padding: 'symmetric', bias: true, norm: {}, activation: 'relu6' }),
  depthwiseConv: () => depthwiseConv({ kernel: 5, stride: 2, norm: {}, activation: 'relu' }),
  separableConv: () => separableConv({ filters: 6, norm: {}, activation: 'swish' }),
  'batchNorm alone': () => batchNorm({ activation: 'swish' }),
  'batchNorm, relu6': () => batchNorm({ activation: 'relu6' }),
  mbConv: () => mbConv({ filters: 4, kernel: 3 }),
  'mbConv, stride 2': () => mbConv({ filters: 6, kernel: 5, stride: 2 }),
  squeezeExcite: () => squeezeExcite({ filters: 2 }),
  dropConnect: () => dropConnect({ rate: 0.2 }),
  'upsample nearest': () => upsample({ method: 'nearest' }),
  'upsample bilinear': () => upsample({ method: 'bilinear', scale: 3 }),
  'upsample transposed': () => upsample({ method: 'transposed', filters: 3, norm: {} }),
};
/** Fusions of three maps of one shape. */
export const fusions = ['sum', 'fast', 'softmax'] as const;
export const fusion = (method: (typeof fusions)[number]) => fuse({ method });
