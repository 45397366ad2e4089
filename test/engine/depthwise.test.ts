import { describe, expect, it } from 'vitest';
import { depthwiseLowerings as lowerings } from '../../src/engine/lower/depthwise.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import type { InputValue, Node, ResultValue } from '../../src/trace/graph.ts';
import { drawing, expectAsCpu, expectClose, runByHand } from './plainRun.ts';

/** Of the largest result: sums in another order, of float32. */
const products = { of: 1e-5 };
const common = { dilations: 1, dataFormat: 'NHWC' };

describe('a depthwise convolution', () => {
  it.each(Array.from({ length: 60 }, (_, i) => i))(
    'of any kernel, stride, padding, channels, results a channel is the cpu backend’s, draw %i',
    (i) => {
      const { pick, int, floats } = drawing('depthwise', i);
      const [height, width] = pick<[number, number]>([3, 3], [3, 3], [5, 5], [5, 5], [1, 1], [2, 3], [7, 7], [4, 1]);
      const strides = pick<number | [number, number]>(1, 1, 2, 2, 3, 8, [2, 1]);
      const channels = pick(1, 3, 7, 8, 9, 16, 24);
      const shape = [pick(1, 1, 2), height + int(0, 12), width + int(0, 17), channels];
      const explicit = [
        [0, 0],
        [pick(0, 1, 2), pick(0, 1)],
        [pick(0, 1), pick(0, 3)],
        [0, 0],
      ];
      const pad = pick<'same' | 'valid' | number | number[][]>('same', 'same', 'same', 'valid', 1, explicit);
      const inputs = {
        x: floats(shape, 3, pick<Layout>('plain', 'blocked')),
        filter: floats([height, width, channels, pick(1, 1, 1, 2, 3)]),
      };
      const attrs = { strides, pad, ...common, ...(typeof pad === 'number' ? { dimRoundingMode: 'floor' } : {}) };
      expectAsCpu(lowerings, 'DepthwiseConv2dNative', inputs, attrs, products);
    },
  );

  it.each([3, 5].flatMap((side) => [1, 2].map((stride) => ({ side, stride }))))(
    'of $side x $side, stride $stride takes maps of every width up to three tiles, and of one pixel',
    ({ side, stride }) => {
      for (let width = 1; width <= 22; width++) {
        const { floats } = drawing('widths', side, stride, width);
        const inputs = { x: floats([1, 1 + (width % 5), width, 8], 3, 'blocked'), filter: floats([side, side, 8, 1]) };
        expectAsCpu(lowerings, 'DepthwiseConv2dNative', inputs, { strides: stride, pad: 'same', ...common }, products);
      }
    },
  );

  it.each([2, 3, [1, 2], 6])('with holes of %s in its filter is the cpu backend’s', (dilations) => {
    const { floats } = drawing('holes', `${dilations}`);
    const inputs = { x: floats([2, 11, 9, 10], 3, 'blocked'), filter: floats([3, 3, 10, 1]) };
    expectAsCpu(
      lowerings,
      'DepthwiseConv2dNative',
      inputs,
      { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations },
      products,
    );
  });

  it('goes through a map higher than its strip', () => {
    const { floats } = drawing('strips');
    for (const strides of [1, 2]) {
      const inputs = { x: floats([1, 90, 150, 3], 3, 'blocked'), filter: floats([5, 5, 3, 1]) }; // 154 * 32 B a row
      expectAsCpu(lowerings, 'DepthwiseConv2dNative', inputs, { strides, pad: 'same', ...common }, products);
    }
  });
});

describe('a fused depthwise convolution', () => {
  const activations = ['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu', 'prelu'] as const;
  it.each(activations.flatMap((activation) => [3, 4, 5].map((side) => ({ activation, side }))))(
    'of $side x $side adds its bias and applies $activation; NaN and infinity stay in their windows',
    ({ activation, side }) => {
      const { floats } = drawing(activation, side);
      const x = floats([2, 9, 11, 13], 2, 'blocked');
      const numbers = Float32Array.from(x.numbers);
      for (const [i, odd] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries())
        numbers[13 * (30 * i + 7) + 2 + i] = odd;
      const inputs = {
        x: { ...x, numbers },
        filter: floats([side, side, 13, 1], 0.5),
        bias: floats([13]),
        ...(activation === 'prelu' ? { preluActivationWeights: floats([13]) } : {}),
      };
      const attrs = { strides: 1, pad: 'same', ...common, activation, leakyreluAlpha: 0.3 };
      expectAsCpu(lowerings, 'FusedDepthwiseConv2D', inputs, attrs, products);
    },
  );

  /** A window with a second result. */
  const withMeans = (side: number, activation: string, threads: number) => {
    const { floats } = drawing('means', side);
    const given = { x: floats([2, 13, 17, 11], 3, 'blocked'), filter: floats([side, side, 11, 1]), bias: floats([11]) };
    const values = Object.entries(given).map(([name, one]) => {
      const value: InputValue = { kind: 'input', name, shape: one.shape, dtype: 'float32' };
      return { name, value, one };
    });
    const result = (name: string, shape: readonly number[]): ResultValue => ({
      kind: 'result',
      name,
      shape,
      dtype: 'float32',
    });
    const node: Node = {
      op: 'EngineDepthwise',
      inputs: Object.fromEntries(values.map(({ name, value }) => [name, value])),
      attrs: { strides: 1, pad: 'same', ...common, activation },
      outputs: [result('y', [2, 13, 17, 11]), result('mean', [2, 1, 1, 11])],
      place: '',
    };
    return runByHand(lowerings, [node], new Map(values.map(({ value, one }) => [value, one])), threads);
  };

  it.each([3, 5, 7])('of %i x %i applies swish, and makes the mean of each map', (side) => {
    const linear = withMeans(side, 'linear', 1);
    for (const [i, { build, made }] of withMeans(side, 'swish', 1).entries()) {
      const wanted = (linear[i]?.made[0] ?? new Float32Array()).map((z) => z / (1 + Math.exp(-z)));
      expectClose(made[0] ?? [], wanted, 1e-6, build);
      const means = new Float32Array(22);
      for (let at = 0; at < wanted.length; at++) {
        const lane = 11 * Math.floor(at / (13 * 17 * 11)) + (at % 11);
        means[lane] = (means[lane] ?? 0) + (wanted[at] ?? 0) / (13 * 17);
      }
      expectClose(made[1] ?? [], means, 1e-5, `${build}, means`);
      const three = withMeans(side, 'swish', 3)[i]?.made;
      expect(three, 'the same bits by three threads').toEqual(made);
    }
  });
});
