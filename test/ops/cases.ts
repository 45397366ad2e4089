import {
  conv2d,
  depthwiseConv2d,
  fill,
  gather,
  maxPool,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { keyedRandom } from '../../src/core/random.ts';
import { batchNormStored } from '../../src/ops/batchNormStored.ts';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { biasAdd } from '../../src/ops/biasAdd.ts';
import { convTranspose } from '../../src/ops/convTranspose.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { resizeBilinear } from '../../src/ops/resizeBilinear.ts';
import { scaleChannels } from '../../src/ops/scaleChannels.ts';
import { spatialMean } from '../../src/ops/spatialMean.ts';
import { swish } from '../../src/ops/swish.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { weightedSum } from '../../src/ops/weightedSum.ts';

/** A differentiable function at a drawn place. */
export interface Case {
  /** Says what was drawn. */
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly run: (inputs: readonly Tensor[]) => Tensor;
  /** Whether it passes padding in pixels to an op of tfjs, which tfjs-node refuses. */
  readonly pixels: boolean;
}

type Draw = (...from: readonly number[]) => number;
type Make = (draw: Draw) => Case;

const make = (
  name: string,
  shapes: readonly (readonly number[])[],
  run: (...inputs: never[]) => Tensor,
  pad: 'same' | 'valid' | number = 'same',
): Case => ({
  name: `${name} of [${shapes.join('], [')}]`,
  shapes,
  pixels: typeof pad === 'number',
  run: (inputs) => run(...(inputs as never[])),
});

const channels = [1, 2, 3, 4, 7, 8, 9, 12, 17];
const map = (draw: Draw, smallest = 1): [number, number, number, number] => [
  draw(1, 2, 3),
  draw(1, 2, 3, 5, 7, 8) + smallest - 1,
  draw(1, 2, 3, 5, 7, 9) + smallest - 1,
  draw(...channels),
];

/** Paddings that leave room for a kernel, as tf has them. */
const padding = (draw: Draw, kernel: number, size: number): 'same' | 'valid' | number =>
  (['same', size >= kernel ? 'valid' : 'same', Math.floor(kernel / 2)] as const)[draw(0, 1, 2)] ?? 'same';

const convolution =
  (depthwise: boolean): Make =>
  (draw) => {
    const x = map(draw);
    const [kernel, stride, out] = [draw(1, 1, 2, 3, 4, 5), draw(1, 1, 2, 3), draw(...channels)];
    const pad = padding(draw, kernel, Math.min(x[1], x[2]));
    const filter = [kernel, kernel, x[3], depthwise ? draw(1, 1, 1, 2) : out];
    const name = `${depthwise ? 'depthwise ' : ''}convolution, stride ${stride}, padding ${pad}`;
    const run = (a: Tensor4D, w: Tensor4D) =>
      depthwise ? depthwiseConv2d(a, w, stride, pad) : conv2d(a, w, stride, pad);
    return make(name, [x, filter], run, pad);
  };

/** Functions with gradients, each at a place that `draw` chooses. */
export const kinds: Readonly<Record<string, Make>> = {
  swish: (draw) => make('swish', [map(draw)], (x: Tensor4D) => swish(x)),
  batchNormTraining: (draw) => {
    const x = map(draw, 2);
    const shape = draw(0, 1, 1) ? x : [x[0] * 3, x[3]];
    const activation = (['linear', 'swish', 'relu', 'relu6'] as const)[draw(0, 1, 2, 3)] ?? 'linear';
    return make(
      `batch norm, ${activation}`,
      [shape, [x[3]], [x[3]]],
      (a: Tensor4D, s: Tensor1D, o: Tensor1D) => batchNormTraining(a, s, o, { epsilon: 0.1, activation }).y,
    );
  },
  batchNormStored: (draw) => {
    const x = map(draw);
    const activation = (['linear', 'swish', 'relu', 'relu6'] as const)[draw(0, 1, 2, 3)] ?? 'linear';
    return make(`stored batch norm, ${activation}`, [x, [x[3]], [x[3]]], (a: Tensor4D, s: Tensor1D, o: Tensor1D) =>
      batchNormStored(a, s, o, { mean: fill([x[3]], 0.2), variance: fill([x[3]], 1.5), epsilon: 0.1, activation }),
    );
  },
  biasAdd: (draw) => {
    const x = map(draw);
    return make('bias', [x, [x[3]]], (a: Tensor4D, b: Tensor1D) => biasAdd(a, b));
  },
  spatialMean: (draw) => make('spatial mean', [map(draw)], (x: Tensor4D) => spatialMean(x)),
  scaleChannels: (draw) => {
    const x = map(draw);
    return make('channel scale', [x, [x[0], 1, 1, x[3]]], (a: Tensor4D, s: Tensor4D) => scaleChannels(a, s));
  },
  weightedSum: (draw) => {
    const [x, n] = [map(draw), draw(1, 2, 3)];
    return make('weighted sum', [...Array(n).fill(x), [n]], (...inputs: Tensor[]) =>
      weightedSum(inputs.slice(0, -1) as Tensor4D[], inputs[n] as Tensor1D),
    );
  },
  upsampleNearest: (draw) => {
    const [x, size] = [map(draw), [draw(1, 4, 7, 10, 16), draw(1, 6, 9, 14)] as const];
    return make(`nearest to ${size.join('x')}`, [x], (a: Tensor4D) => upsampleNearest(a, size));
  },
  upsampleTwice: (draw) => {
    const x = map(draw);
    return make('nearest, twice the size', [x], (a: Tensor4D) => upsampleNearest(a, [2 * x[1], 2 * x[2]]));
  },
  resizeBilinear: (draw) => {
    const [x, size] = [map(draw), [draw(1, 4, 7, 10, 16), draw(1, 6, 9, 14)] as const];
    return make(`bilinear to ${size.join('x')}`, [x], (a: Tensor4D) => resizeBilinear(a, size));
  },
  convTranspose: (draw) => {
    const [x, stride, out] = [map(draw), draw(1, 2, 3), draw(...channels)];
    const kernel = stride + draw(0, 0, 1, 2);
    const outputSize = [x[1] * stride, x[2] * stride] as const;
    return make(
      `transposed convolution, stride ${stride}`,
      [x, [kernel, kernel, out, x[3]]],
      (a: Tensor4D, w: Tensor4D) => convTranspose(a, w, { stride, outputSize }),
    );
  },
  dilatedConv: (draw) => {
    const x = map(draw);
    const [kernel, dilation] = [draw(1, 2, 3), draw(1, 2, 3, 6)];
    const span = (kernel - 1) * dilation + 1;
    const pad = padding(draw, span, Math.min(x[1], x[2]));
    return make(
      `convolution, dilation ${dilation}, padding ${pad}`,
      [x, [kernel, kernel, x[3], draw(...channels)]],
      (a: Tensor4D, w: Tensor4D) => dilatedConv(a, w, { dilation, padding: pad }),
    );
  },
  conv2d: convolution(false),
  pointwise: (draw) => {
    const x = map(draw);
    return make('pointwise convolution', [x, [1, 1, x[3], draw(...channels)]], (a: Tensor4D, w: Tensor4D) =>
      conv2d(a, w, 1, 'same'),
    );
  },
  depthwise: convolution(true),
  maxPool: (draw) => {
    const x = map(draw);
    const [size, stride] = [draw(1, 2, 3), draw(1, 2, 3)];
    const pad = padding(draw, size, Math.min(x[1], x[2]));
    const name = `maximum of ${size}x${size}, stride ${stride}, padding ${pad}`;
    return make(name, [x], (a: Tensor4D) => maxPool(a, size, stride, pad), pad);
  },
  gather: (draw) => {
    const [rows, width] = [draw(2, 5, 9), draw(1, 3, 8)];
    const chosen = Array.from({ length: 6 }, () => draw(...Array(rows).keys()));
    return make('gather', [[rows, width]], (a: Tensor2D) => gather(a, tensor1d(chosen, 'int32')));
  },
};

/** Normal numbers in no order that a mistake could hide in. */
export function numbers(shape: readonly number[], ...keys: readonly (string | number)[]): Float32Array {
  const random = keyedRandom(...keys);
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from(
    { length: size },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** The n-th case of a kind. */
export function draw(kind: string, n: number): Case {
  const random = keyedRandom('case', kind, n);
  const choose: Draw = (...from) => from[Math.floor(random() * from.length)] ?? 0;
  const made = kinds[kind];
  if (made === undefined) throw new RangeError(`draw: no kind ${kind}`);
  return made(choose);
}
