import {
  engine,
  grads,
  maxPool,
  type NamedAttrMap,
  setBackend,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { gradientWindowLowerings as lowerings } from '../../src/engine/lower/gradientWindow.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { drawing, expectAsCpu, type Given } from './plainRun.ts';

/** Of the largest result: sums in another order, of float32. */
const products = { of: 1e-5 };
const channels = [1, 2, 3, 7, 8, 9, 16, 17, 24] as const;
interface Pool {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: unknown;
}
const draws = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Pixels of a result, as tfjs counts them. */
function outSide(pad: unknown, axis: 1 | 2, side: number, kernel: number, stride: number, dilation = 1): number {
  const reach = (kernel - 1) * dilation + 1;
  if (pad === 'same') return Math.ceil(side / stride);
  const around = pad === 'valid' ? 0 : Array.isArray(pad) ? pad[axis][0] + pad[axis][1] : 2 * Number(pad);
  return Math.floor((side + around - reach) / stride) + 1;
}

/** Draws a window over a map, and the shape of what it makes. */
function draw(seed: string, i: number) {
  const drawn = drawing(seed, i);
  const { pick, int } = drawn;
  const kernel = [pick(1, 2, 3, 3, 5), pick(1, 2, 3, 3, 5)] as const;
  const strides = pick<readonly [number, number]>([1, 1], [1, 1], [2, 2], [2, 2], [3, 3], [2, 1], [1, 3]);
  const shape = [pick(1, 1, 2), Math.max(...kernel) + int(0, 9), Math.max(...kernel) + int(0, 11), pick(...channels)];
  const explicit = [
    [0, 0],
    [pick(0, 1), pick(0, 1)],
    [pick(0, 1), pick(0, 1)],
    [0, 0],
  ];
  const square = kernel[0] === kernel[1] && strides[0] === strides[1]; // tfjs takes one number for both axes by the first
  const pad = pick<'same' | 'valid' | number | number[][]>(
    'same',
    'same',
    'valid',
    square ? pick(0, 1) : 'valid',
    explicit,
  );
  const [b = 1, h = 1, w = 1] = shape;
  const out = [b, outSide(pad, 1, h, kernel[0], strides[0]), outSide(pad, 2, w, kernel[1], strides[1])];
  return { ...drawn, kernel, strides, shape, pad, out, layout: pick<Layout>('plain', 'blocked') };
}

describe('the gradient of a convolution’s filter', () => {
  it.each(draws(60))('is the cpu backend’s, draw %i', (i) => {
    const { floats, pick, kernel, strides, shape, pad, out, layout } = draw('filter', i);
    const outputs = pick(...channels, 40);
    const attrs = { strides: [...strides], pad, dataFormat: 'NHWC', filterShape: [...kernel, shape[3] ?? 1, outputs] };
    const inputs = { x: floats(shape, 3, layout), dy: floats([...out, outputs], 3, 'blocked') };
    expectAsCpu(lowerings, 'Conv2DBackpropFilter', inputs, attrs, products);
  });

  it('takes maps 1x1, filters larger than the map, and strides larger than the filter', () => {
    const { floats } = drawing('odd');
    for (const [side, kernel, stride] of [
      [1, 1, 1],
      [1, 3, 1],
      [1, 3, 2],
      [2, 5, 1],
      [2, 5, 3],
      [9, 1, 2],
      [11, 1, 3],
      [10, 2, 3],
    ] as const) {
      const out = Math.ceil(side / stride);
      const attrs = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', filterShape: [kernel, kernel, 9, 3] };
      const inputs = { x: floats([2, side, side, 9], 3, 'blocked'), dy: floats([2, out, out, 3], 3, 'blocked') };
      expectAsCpu(lowerings, 'Conv2DBackpropFilter', inputs, attrs, products);
    }
  });

  it('sums over several strips and chunks of pixels', () => {
    const { floats } = drawing('chunks');
    for (const kernel of [1, 3]) {
      const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [kernel, kernel, 12, 20] };
      const inputs = { x: floats([1, 61, 67, 12], 3, 'blocked'), dy: floats([1, 61, 67, 20], 3, 'blocked') };
      expectAsCpu(lowerings, 'Conv2DBackpropFilter', inputs, attrs, { of: 3e-5 }); // 4087 numbers in a sum
    }
  });
});

describe('the gradients of a depthwise convolution', () => {
  it.each(draws(60))('are the cpu backend’s, draw %i', (i) => {
    const { floats, pick, kernel, strides, shape, pad, out, layout } = draw('depthwise', i);
    const [c = 1] = [shape[3]];
    const same = pick(true, false); // tfjs has one dilation or one stride
    const common: NamedAttrMap = { strides: [...strides], dilations: [1, 1], pad: pad as 'same' };
    const times = pick(1, 1, 2, 3);
    const dy = floats([...out, c * times], 3, same ? 'blocked' : layout);
    const filter = floats([...kernel, c, times]);
    const x = floats(shape, 3, layout);
    const filterShape = [...kernel, c, times];
    expectAsCpu(lowerings, 'DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...common, filterShape }, products);
    const inputShape = shape;
    expectAsCpu(lowerings, 'DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...common, inputShape }, products);
  });

  it('take maps 1x1, filters larger than the map, and strides larger than the filter', () => {
    const { floats } = drawing('odd depthwise');
    for (const [side, kernel, stride] of [
      [1, 1, 1],
      [1, 3, 1],
      [1, 5, 2],
      [2, 5, 1],
      [2, 5, 3],
      [9, 1, 2],
      [10, 2, 3],
      [112, 3, 2],
    ] as const) {
      const out = Math.ceil(side / stride);
      const common = { strides: [stride, stride], dilations: [1, 1], pad: 'same' };
      const x = floats([2, side, side, 9], 3, 'blocked');
      const dy = floats([2, out, out, 9], 3, 'blocked');
      const filter = floats([kernel, kernel, 9, 1]);
      const [filterShape, inputShape] = [[...filter.shape], [...x.shape]];
      expectAsCpu(
        lowerings,
        'DepthwiseConv2dNativeBackpropFilter',
        { x, dy },
        { ...common, filterShape },
        { of: 3e-5 },
      );
      expectAsCpu(lowerings, 'DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...common, inputShape }, products);
    }
  });
});

describe('the gradient of a pool', () => {
  it.each(draws(60))('is the cpu backend’s, draw %i', (i) => {
    const { floats, pick, kernel, strides, shape, pad, out, layout } = draw('pool', i);
    const attrs: Pool & NamedAttrMap = { filterSize: [...kernel], strides: [...strides], pad };
    const dy = floats([...out, shape[3] ?? 1], 3, pick('blocked', layout));
    expectAsCpu(lowerings, 'AvgPoolGrad', { dy, input: floats(shape, 3, layout) }, attrs, products);

    const whole = ({ numbers, ...rest }: Given): Given => ({ ...rest, numbers: Array.from(numbers, Math.round) });
    const input = whole(floats(shape, 3, layout)); // with equal numbers in a window
    const output = { ...dy, numbers: largest(input, attrs) };
    expectAsCpu(lowerings, 'MaxPoolGrad', { dy, input, output }, attrs, products);
  });
});

/** What a window's largest numbers are. */
function largest(
  { shape: [b = 1, h = 1, w = 1, c = 1], numbers }: Given,
  { filterSize, strides, pad }: Pool,
): ArrayLike<number> {
  setBackend('cpu');
  return tidy(() =>
    maxPool(tensor4d(Float32Array.from(numbers), [b, h, w, c]), filterSize, strides, pad as 'same').dataSync(),
  );
}

describe('a gradient through a window with holes', () => {
  it.each(draws(24))('is that of a filter with zeros between its taps, draw %i', (i) => {
    const { floats, pick, int, layout } = draw('holes', i);
    const [kernel, dilation, c] = [pick(2, 3), pick(2, 3), pick(...channels)];
    const reach = (kernel - 1) * dilation + 1;
    const shape = [pick(1, 2), reach + int(0, 6), reach + int(0, 7), c];
    const pad = pick<'same' | 'valid'>('same', 'valid');
    const [b = 1, h = 1, w = 1] = shape;
    const [oh, ow] = [outSide(pad, 1, h, reach, 1), outSide(pad, 2, w, reach, 1)];
    const x = floats(shape, 3, layout);
    const dy = floats([b, oh, ow, c], 3, layout);
    const filter = floats([kernel, kernel, c, 1]);
    const at = (ky: number, kx: number) => (ky * dilation * reach + kx * dilation) * c;
    const stuffed = new Float32Array(reach * reach * c);
    for (let ky = 0; ky < kernel; ky++)
      for (let kx = 0; kx < kernel; kx++)
        stuffed.set(Array.from(filter.numbers).slice((ky * kernel + kx) * c, (ky * kernel + kx + 1) * c), at(ky, kx));
    const plain = { strides: [1, 1], dilations: [1, 1], pad };
    const holed = { ...plain, dilations: [dilation, dilation] };
    const dense = { ...filter, shape: [reach, reach, c, 1], numbers: stuffed };
    const dx = cpu('DepthwiseConv2dNativeBackpropInput', { dy, filter: dense }, { ...plain, inputShape: shape });
    const byInput = { ...holed, inputShape: shape };
    expectAsCpu(lowerings, 'DepthwiseConv2dNativeBackpropInput', { dy, filter }, byInput, {
      ...products,
      instead: [dx],
    });

    const whole = cpu('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...plain, filterShape: dense.shape });
    const taps = Array.from({ length: kernel * kernel }, (_, t) => at(Math.floor(t / kernel), t % kernel));
    const df = Float32Array.from(taps.flatMap((tap) => Array.from(whole.slice(tap, tap + c))));
    const byFilter = { ...holed, filterShape: filter.shape };
    expectAsCpu(lowerings, 'DepthwiseConv2dNativeBackpropFilter', { x, dy }, byFilter, { ...products, instead: [df] });
  });

  it.each(draws(16))('of a convolution is the cpu backend’s, draw %i', (i) => {
    setBackend('cpu');
    const { floats, pick, int, layout } = draw('holes of a convolution', i);
    const [kernel, dilation, inputs, outputs] = [pick(2, 3), pick(2, 3, 6), pick(...channels), pick(...channels)];
    const reach = (kernel - 1) * dilation + 1;
    const [b, h, w] = [pick(1, 2), reach + int(0, 6), reach + int(0, 7)];
    const padding = pick<'same' | 'valid' | number>('same', 'valid', 2);
    const x = floats([b, h, w, inputs], 3, layout);
    // A composite op has a kernel once it ran.
    const given = [zeros([b, h, w, inputs]), zeros([kernel, kernel, inputs, outputs])] as const;
    const through = (a: Tensor, f: Tensor) => dilatedConv(a as Tensor4D, f as Tensor4D, { dilation, padding });
    const out = tidy(() => {
      grads(through)([...given]);
      return through(...given).shape;
    });
    const before = padding === 'same' ? (reach - 1) >> 1 : padding === 'valid' ? 0 : padding;
    const after = padding === 'same' ? reach - 1 - before : before;
    const attrs = {
      dilation,
      top: before,
      bottom: after,
      left: before,
      right: after,
      inHeight: h,
      inWidth: w,
      kernelHeight: kernel,
      kernelWidth: kernel,
    };
    const dy = floats(out, 3, layout);
    expectAsCpu(lowerings, 'PyramidionDilatedConvFilterGrad', { x, dy }, attrs, products);
  });
});

/** What the cpu backend makes of a kernel. */
function cpu(kernel: string, inputs: { readonly [name: string]: Given }, attrs: NamedAttrMap): Float32Array {
  setBackend('cpu');
  return tidy(() => {
    const given = Object.entries(inputs).map(([name, { shape, numbers }]) => [
      name,
      tensor(Float32Array.from(numbers), [...shape]),
    ]);
    return engine().runKernel<Tensor>(kernel, Object.fromEntries(given), attrs).dataSync<'float32'>();
  });
}
