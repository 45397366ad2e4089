import { describe, expect, it } from 'vitest';
import { convolutionLowerings as lowerings } from '../../src/engine/lower/convolution.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import type { InputValue, Node, ResultValue } from '../../src/trace/graph.ts';
import { drawing, expectAsCpu, expectClose, type Given, runByHand } from './plainRun.ts';

/** Of the largest result: sums in another order, of float32. */
const products = { of: 1e-5 };
const channels = [1, 2, 3, 4, 7, 8, 9, 12, 16, 17, 24, 40] as const;

/** What tfjs's kernels want said. */
const common = { dilations: 1, dataFormat: 'NHWC' };

/** Draws a map and a filter. */
function draw(seed: string, i: number) {
  const drawn = drawing(seed, i);
  const { pick, int, floats } = drawn;
  const layout = pick<Layout>('plain', 'blocked');
  const map = (kernel: number) => [pick(1, 1, 2), kernel + int(0, 9), kernel + int(0, 11), pick(...channels)] as const;
  return { ...drawn, layout, map, floats };
}

describe('a convolution 1x1', () => {
  it.each(Array.from({ length: 24 }, (_, i) => i))('is the cpu backend’s, draw %i', (i) => {
    const { map, floats, pick, layout } = draw('pointwise', i);
    const shape = map(pick(1, 1, 6));
    const outputs = pick(...channels, 48, 100);
    const inputs = { x: floats(shape, 3, layout), filter: floats([1, 1, shape[3], outputs]) };
    expectAsCpu(
      lowerings,
      'Conv2D',
      inputs,
      { strides: 1, pad: pick<'same' | 'valid' | number>('same', 'valid', 0), ...common },
      products,
    );
  });

  it('takes every number of rows up to two tiles, and maps whose groups get into each other’s way', () => {
    const { floats } = drawing('rows');
    for (let rows = 1; rows <= 25; rows++) {
      const inputs = { x: floats([1, 1, rows, 9], 3, 'blocked'), filter: floats([1, 1, 9, 33]) };
      expectAsCpu(lowerings, 'Conv2D', inputs, { strides: 1, pad: 'valid', ...common }, products);
    }
    const inputs = { x: floats([1, 32, 128, 75], 3, 'blocked'), filter: floats([1, 1, 75, 9]) }; // 128 KB apart
    expectAsCpu(lowerings, 'Conv2D', inputs, { strides: 1, pad: 'valid', ...common }, products);
  });

  it('takes many channels in and out by panels that fit a cache', () => {
    const { floats } = drawing('panels');
    const inputs = { x: floats([1, 3, 5, 1111], 3, 'blocked'), filter: floats([1, 1, 1111, 530]) };
    expectAsCpu(lowerings, 'Conv2D', inputs, { strides: 1, pad: 'valid', ...common }, products);
  });

  it('keeps NaN and infinity in their pixel, also with channels that fill no group', () => {
    const { floats } = drawing('infinite');
    const x = floats([1, 2, 9, 11], 3, 'blocked');
    const numbers = Float32Array.from(x.numbers);
    numbers[5] = Number.NaN;
    numbers[40] = Number.POSITIVE_INFINITY;
    const inputs = { x: { ...x, numbers }, filter: floats([1, 1, 11, 10]) };
    expectAsCpu(lowerings, 'Conv2D', inputs, { strides: 1, pad: 'valid', ...common }, products);
  });
});

describe('a convolution', () => {
  it.each(Array.from({ length: 60 }, (_, i) => i))(
    'of any kernel, stride, padding is the cpu backend’s, draw %i',
    (i) => {
      const { map, floats, pick, layout } = draw('strips', i);
      const [height, width] = [pick(1, 2, 3, 3, 3, 5, 7), pick(1, 2, 3, 3, 3, 5)];
      const strides = pick<number | [number, number]>(1, 1, 2, 2, 3, 4, [2, 1], [1, 3]);
      const shape = map(Math.max(height, width));
      const explicit = [
        [0, 0],
        [pick(0, 1, 2), pick(0, 1)],
        [pick(0, 1), pick(0, 3)],
        [0, 0],
      ];
      const pad = pick<'same' | 'valid' | number | number[][]>('same', 'valid', 'same', 1, explicit);
      const inputs = { x: floats(shape, 3, layout), filter: floats([height, width, shape[3], pick(...channels)]) };
      const attrs = { strides, pad, ...common, ...(typeof pad === 'number' ? { dimRoundingMode: 'floor' } : {}) };
      expectAsCpu(lowerings, 'Conv2D', inputs, attrs, products);
    },
  );

  it.each(Array.from({ length: 16 }, (_, i) => i))('with holes in its filter is the cpu backend’s, draw %i', (i) => {
    const { map, floats, pick, layout } = draw('dilated', i);
    const dilations = pick<number | [number, number]>(2, 3, [1, 2], 6);
    const shape = map(9);
    const inputs = {
      x: floats(shape, 3, layout),
      filter: floats([pick(2, 3), pick(1, 3), shape[3], pick(...channels)]),
    };
    const attrs = { strides: 1, pad: 'same', ...common, dilations };
    expectAsCpu(lowerings, 'Conv2D', inputs, attrs, products);
  });

  it.each([
    [[1, 1, 1, 5], [3, 3, 5, 9], 1, 'same'],
    [[2, 1, 1, 3], [3, 3, 3, 8], 2, 'same'],
    [[1, 5, 5, 64], [3, 3, 64, 40], 1, 'same'],
    [[1, 40, 41, 3], [7, 7, 3, 20], 2, 'same'],
    [[1, 33, 50, 3], [3, 3, 3, 32], 2, 'same'],
    [[1, 20, 21, 1], [9, 3, 1, 6], 1, 'valid'],
    [[1, 9, 13, 130], [3, 3, 130, 70], 1, 'same'],
    [[2, 30, 33, 40], [3, 3, 40, 16], 1, 'same'],
    [[1, 12, 10, 300], [3, 3, 300, 12], 2, 'same'],
    [[1, 11, 11, 9], [1, 1, 9, 12], 5, 'valid'],
  ] as const)('of [%s] by [%s], stride %s, padding %s', (x, filter, strides, pad) => {
    const { floats } = drawing(...x, ...filter);
    for (const layout of ['plain', 'blocked'] as const)
      expectAsCpu(
        lowerings,
        'Conv2D',
        { x: floats(x, 3, layout), filter: floats(filter) },
        { strides, pad, ...common },
        products,
      );
  });
});

describe('our dilated convolution', () => {
  it('reads its padding from its own attributes', () => {
    const { floats } = drawing('dilatedConv');
    const [x, filter] = [floats([2, 9, 11, 5], 3, 'blocked'), floats([3, 3, 5, 7])];
    const value = (name: string, { shape }: Given): InputValue => ({ kind: 'input', name, shape, dtype: 'float32' });
    const inputs = { x: value('x', x), filter: value('filter', filter) };
    const y: ResultValue = { kind: 'result', name: 'y', shape: [2, 7, 10, 7], dtype: 'float32' };
    const made = (op: string, attrs: Node['attrs']) => {
      const given = new Map([
        [inputs.x, x],
        [inputs.filter, filter],
      ]);
      return runByHand(lowerings, [{ op, inputs, attrs, outputs: [y], place: '' }], given).map((one) => one.made[0]);
    };
    const pad = [
      [0, 0],
      [1, 1],
      [2, 1],
      [0, 0],
    ];
    const ours = { dilation: 2, top: 1, bottom: 1, left: 2, right: 1, kernelHeight: 3, kernelWidth: 3 };
    expect(made('PyramidionDilatedConv', ours)).toEqual(made('Conv2D', { strides: 1, pad, ...common, dilations: 2 }));
    expect(made('Conv2D', { strides: 1, pad, ...common, dilations: 2 })[0]?.some((v) => v !== 0)).toBe(true);
  });
});

describe('a fused convolution', () => {
  const activations = ['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu', 'prelu'] as const;
  it.each(activations.flatMap((activation) => [1, 3].map((kernel) => ({ activation, kernel }))))(
    'of $kernel x $kernel adds its bias and applies $activation',
    ({ activation, kernel }) => {
      const { floats } = drawing(activation, kernel);
      const x = floats([2, 9, 11, 13], 2, 'blocked');
      const numbers = Float32Array.from(x.numbers);
      for (const [i, odd] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries())
        numbers[13 * (30 * i + 7) + 2] = odd;
      const inputs = {
        x: { ...x, numbers },
        filter: floats([kernel, kernel, 13, 19], 0.5),
        bias: floats([19]),
        ...(activation === 'prelu' ? { preluActivationWeights: floats([19]) } : {}),
      };
      const attrs = { strides: 1, pad: 'same', ...common, activation, leakyreluAlpha: 0.3 };
      expectAsCpu(lowerings, 'FusedConv2D', inputs, attrs, products);
    },
  );

  const run = (attrs: Node['attrs'], given: { readonly [name: string]: Given }, outputs: number) => {
    const value = (name: string, { shape }: Given): InputValue => ({ kind: 'input', name, shape, dtype: 'float32' });
    const values = Object.entries(given).map(([name, one]) => [name, value(name, one), one] as const);
    const shape = [...(given.x?.shape.slice(0, 3) ?? []), outputs];
    const y: ResultValue = { kind: 'result', name: 'y', shape, dtype: 'float32' };
    const inputs = Object.fromEntries(values.map(([name, one]) => [name, one]));
    const node: Node = {
      op: 'EngineConv2D',
      inputs,
      attrs: { strides: 1, pad: 'same', ...attrs },
      outputs: [y],
      place: '',
    };
    return runByHand(lowerings, [node], new Map(values.map(([, one, numbers]) => [one, numbers])));
  };

  it.each([1, 3])('of %i x %i applies swish, and gives 0 for what is below all numbers', (kernel) => {
    const { floats } = drawing('swish', kernel);
    const given = {
      x: floats([1, 5, 7, 6], 3, 'blocked'),
      filter: floats([kernel, kernel, 6, 11]),
      bias: floats([11]),
    };
    const low = Float32Array.from(given.bias.numbers).with(3, Number.NEGATIVE_INFINITY).with(4, Number.NaN);
    const bias = { ...given.bias, numbers: low };
    const linear = run({ activation: 'linear' }, { ...given, bias }, 11);
    for (const [i, { build, made }] of run({ activation: 'swish' }, { ...given, bias }, 11).entries()) {
      const wanted = (linear[i]?.made[0] ?? new Float32Array()).map((x) =>
        x === -Infinity ? 0 : x / (1 + Math.exp(-x)),
      );
      expectClose(made[0] ?? [], wanted, 1e-6, build);
    }
  });

  it.each([1, 3])('of %i x %i adds a residual before it activates', (kernel) => {
    const { floats } = drawing('residual', kernel);
    const given = {
      x: floats([2, 5, 7, 6], 3, 'blocked'),
      filter: floats([kernel, kernel, 6, 20]),
      bias: floats([20]),
    };
    const residual = floats([2, 5, 7, 20], 9, 'blocked');
    const linear = run({ activation: 'linear' }, given, 20);
    for (const activation of ['linear', 'relu', 'relu6'])
      for (const [i, { build, made, commands }] of run({ activation }, { ...given, residual }, 20).entries()) {
        const wanted = (linear[i]?.made[0] ?? new Float32Array()).map((x, at) => {
          const sum = x + (residual.numbers[at] ?? 0);
          return activation === 'linear' ? sum : Math.min(Math.max(0, sum), activation === 'relu' ? Infinity : 6);
        });
        expectClose(made[0] ?? [], wanted, 1e-6, `${build} ${activation}`);
        expect(commands.at(-2)?.fused).toEqual(['+ residual', ...(activation === 'linear' ? [] : [activation])]);
      }
  });
});

describe('a transposed convolution', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i))('is the cpu backend’s, draw %i', (i) => {
    const { floats, pick, int, layout } = draw('transposed', i);
    const [kernel, strides, pad] = [
      pick(1, 2, 3, 4, 5),
      pick(1, 2, 2, 3, 4),
      pick<'same' | 'valid' | number>('same', 'valid', 1),
    ];
    const [h, w, batch, inputs, outputs] = [
      int(kernel, 12),
      int(kernel, 15),
      pick(1, 2),
      pick(...channels),
      pick(...channels),
    ];
    const side = (size: number) =>
      pad === 'same'
        ? Math.ceil(size / strides)
        : Math.floor((size - kernel + 2 * (pad === 'valid' ? 0 : pad)) / strides) + 1;
    const given = {
      dy: floats([batch, side(h), side(w), inputs], 3, layout),
      filter: floats([kernel, kernel, outputs, inputs]),
    };
    const attrs = { strides, pad, inputShape: [batch, h, w, outputs], ...common, dimRoundingMode: 'floor' };
    expectAsCpu(lowerings, 'Conv2DBackpropInput', given, attrs, products);
  });
});

describe('errors', () => {
  it('name an activation that is not known', () => {
    const { floats } = drawing('errors');
    const given = { x: floats([1, 3, 3, 4]), filter: floats([1, 1, 4, 4]) };
    expect(() =>
      expectAsCpu(lowerings, 'Conv2D', given, { strides: 1, pad: 'same', ...common, activation: 'gelu' }),
    ).toThrow(
      'engine: Conv2D has the activation gelu; it must be linear, swish, relu, relu6, sigmoid, elu, prelu or leakyrelu',
    );
  });
});

describe('a matrix product', () => {
  it.each(Array.from({ length: 32 }, (_, i) => i))('is the cpu backend’s, draw %i', (i) => {
    const { floats, pick, int } = drawing('matrices', i);
    const [m, k, n] = [pick(1, 5, 6, 7, 13, 30), pick(1, 3, 8, 9, 50), pick(1, 4, 8, 9, 21, 40)];
    const batches = pick([[], []], [[3], [3]], [[2], [1]], [[1], [4]], [[2, 3], [3]]);
    const [transposeA, transposeB] = [int(0, 1) === 1, int(0, 1) === 1];
    const [of = [], by = []] = batches;
    const a = floats([...of, ...(transposeA ? [k, m] : [m, k])]);
    const b = floats([...by, ...(transposeB ? [n, k] : [k, n])]);
    expectAsCpu(lowerings, 'BatchMatMul', { a, b }, { transposeA, transposeB }, products);
  });

  it('adds its bias and applies an activation', () => {
    const { floats } = drawing('fused');
    const given = { a: floats([2, 9, 12]), b: floats([1, 12, 20]), bias: floats([20]) };
    const attrs = { transposeA: false, transposeB: false, activation: 'relu' };
    const [command] = expectAsCpu(lowerings, '_FusedMatMul', given, attrs, products).slice(-1);
    expect(command).toMatchObject({ name: 'matrix product', fused: ['relu'], madds: 2 * 9 * 12 * 20 });
  });
});
