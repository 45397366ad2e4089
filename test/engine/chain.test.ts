import { describe, expect, it } from 'vitest';
import { elementwiseLowerings } from '../../src/engine/lower/elementwise.ts';
import { drawing, expectAsCpu, type Given } from './plainRun.ts';

const binary = 'Add Sub Multiply RealDiv Maximum Minimum SquaredDifference Prelu Pow Mod Atan2 FloorDiv'.split(' ');
const compared = 'Equal NotEqual Less LessEqual Greater GreaterEqual'.split(' ');
const of = (op: string, a: Given, b: Given) => (op === 'Prelu' ? { x: a, alpha: b } : { a, b });
/** Where IEEE has its corners. */
const corners = [
  0,
  -0,
  1,
  -1,
  0.3,
  -0.3,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  7,
  1e-30,
  -1e-30,
  1e30,
  -1e30,
  3e38,
  2e-40,
  Infinity,
  -Infinity,
  Number.NaN,
  86,
  -86,
  89,
  -104,
  20,
  -20,
];
const special: Given = { shape: [corners.length], dtype: 'float32', numbers: corners };
const column: Given = { ...special, shape: [corners.length, 1] };

describe('elementwise kernels', () => {
  it.each(binary)("%s of two numbers is the cpu backend's, whatever is broadcast", (op) => {
    const { floats, int, pick } = drawing('binary', op);
    for (let i = 0; i < 12; i++) {
      const shape = Array.from({ length: int(1, 4) }, () => pick(1, 2, 3, 5, 8, 9, 33));
      const some = shape.map((side) => pick(side, side, 1));
      const other = (some.some((side, k) => side !== shape[k]) ? shape : some).slice(int(0, 1) && shape.length - 1);
      const [a, b] = op === 'Prelu' ? [shape, some] : [some, other];
      expectAsCpu(elementwiseLowerings, op, of(op, floats(a), floats(b)), {}, { of: 2e-7 });
    }
  });
  it.each([...binary.filter((op) => op !== 'Prelu' && op !== 'FloorDiv'), ...compared])(
    "%s of NaN, infinities and zeros is the cpu backend's",
    (op) => {
      // Pow: 3e38's logarithm in float64 times what makes its largest powers.
      expectAsCpu(elementwiseLowerings, op, { a: column, b: special }, {}, { of: op === 'Mod' ? 0 : 1e-6 });
    },
  );
  it.each(['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum', 'SquaredDifference', 'FloorDiv', 'Mod', ...compared])(
    "%s of whole numbers is the cpu backend's",
    (op) => {
      const { ints } = drawing('ints', op);
      expectAsCpu(elementwiseLowerings, op, { a: ints([5, 7]), b: ints([7], 1, 9) }, {});
    },
  );
  it.each(['LogicalAnd', 'LogicalOr'])('%s of bools is exact', (op) => {
    const { bools } = drawing(op);
    expectAsCpu(elementwiseLowerings, op, { a: bools([3, 9]), b: bools([3, 1]) }, {});
  });

  const exact =
    'Relu Relu6 Abs Neg Sign Floor Ceil Round Square Sqrt Reciprocal IsNan IsInf IsFinite Step Identity'.split(' ');
  const near =
    'Sigmoid Tanh Exp Expm1 Log Log1p Elu Selu Softplus Rsqrt Sin Cos Tan Atan Asin Acos Sinh Cosh Asinh Acosh Atanh'.split(
      ' ',
    );
  it.each([...exact, ...near])("%s of any number is the cpu backend's to 1e-6 of itself", (op) => {
    const { floats, next } = drawing('unary', op);
    const small = {
      ...floats([7, 33], 1),
      numbers: Float32Array.from({ length: 231 }, () => (next() - 0.5) * 2 ** (20 * next() - 10)),
    };
    const attrs = op === 'Step' ? { alpha: 0.3 } : {};
    expectAsCpu(elementwiseLowerings, op, { x: small }, attrs, exact.includes(op) ? {} : { itself: 1e-6 });
    // Turns are exact to 1e6. tfjs's elu is 0 where exp(x) rounds to 1.
    const some = ['Sin', 'Cos', 'Tan'].includes(op)
      ? corners.filter((x) => !(Math.abs(x) > 1e6) || !Number.isFinite(x))
      : corners;
    const x: Given = { shape: [some.length], dtype: 'float32', numbers: some };
    expectAsCpu(
      elementwiseLowerings,
      op,
      { x },
      attrs,
      exact.includes(op) ? {} : { itself: 1e-6, absolute: /lu$/.test(op) ? 1e-7 : 2e-38 },
    );
  });
  it("erf is the cpu backend's to the 1.5e-7 of its formula, with NaN and infinities", () => {
    const { floats } = drawing('erf');
    expectAsCpu(elementwiseLowerings, 'Erf', { x: floats([3, 50], 4) }, {}, { of: 4e-7 });
  });
  it('leaky relu, clip, select, cast and sums of many take their attributes', () => {
    const { floats, ints, bools } = drawing('attributes');
    const x = floats([5, 9]);
    expectAsCpu(elementwiseLowerings, 'LeakyRelu', { x }, { alpha: 0.2 }, { itself: 2e-7 });
    expectAsCpu(elementwiseLowerings, 'ClipByValue', { x: special }, { clipValueMin: -0.25, clipValueMax: 1.25 });
    expectAsCpu(elementwiseLowerings, 'Select', { condition: bools([5, 9]), t: x, e: floats([5, 9]) }, {});
    // A vector takes rows, as TensorFlow says it; tfjs's cpu kernel reads the first numbers again and again.
    const [condition, e] = [bools([5]), floats([5, 9])];
    const rows = Array.from(x.numbers, (v, i) => (condition.numbers[Math.floor(i / 9)] ? v : (e.numbers[i] ?? 0)));
    expectAsCpu(elementwiseLowerings, 'Select', { condition, t: x, e }, {}, { instead: [rows] });
    expectAsCpu(elementwiseLowerings, 'Cast', { x: floats([40], 100) }, { dtype: 'int32' });
    expectAsCpu(elementwiseLowerings, 'Cast', { x: special }, { dtype: 'bool' });
    expectAsCpu(elementwiseLowerings, 'Cast', { x: ints([9]) }, { dtype: 'float32' });
    expectAsCpu(elementwiseLowerings, 'Cast', { x: bools([9]) }, { dtype: 'float32' });
    expectAsCpu(elementwiseLowerings, 'LogicalNot', { x: bools([9]) }, {});
    expectAsCpu(elementwiseLowerings, 'Neg', { x: ints([9]) }, {});
    expectAsCpu(elementwiseLowerings, 'AddN', [x, floats([5, 9]), floats([5, 9])], {}, { of: 2e-7 });
    expectAsCpu(elementwiseLowerings, 'EluGrad', { dy: x, y: floats([5, 9]) }, {}, { of: 2e-7 });
  });

  const channels = [1, 3, 7, 8, 9, 16, 40];
  it.each(channels)('blocked maps of %i channels stay blocked, with vectors, columns and maps beside them', (c) => {
    const { floats } = drawing('blocked', c);
    const map = floats([2, 3, 5, c], 3, 'blocked');
    const others: Given[] = [
      floats([2, 3, 5, c], 3, 'blocked'),
      floats([1, 3, 5, c], 3, 'blocked'),
      floats([1, 1, 5, c], 3, 'plain'),
      floats([c]),
      floats([2, 1, 1, c], 3, 'blocked'),
      floats([2, 1, 1, c]),
      floats([2, 3, 5, 1]),
      floats([5, 1]),
      floats([]),
    ];
    for (const b of others) {
      const ran = expectAsCpu(elementwiseLowerings, 'Sub', { a: map, b }, {});
      if (c > 1) expect(ran.at(-2)?.name, 'the result is unpacked at the end alone').toBe('sub');
    }
  });
  it('maps of more numbers than a block, plain and blocked, are whole', () => {
    const { floats } = drawing('long');
    for (const layout of ['plain', 'blocked'] as const) {
      const a = floats([1, 23, 31, 19], 3, layout);
      expectAsCpu(elementwiseLowerings, 'Multiply', { a, b: floats([19]) }, {});
      expectAsCpu(elementwiseLowerings, 'Multiply', { a, b: floats([1, 23, 31, 1]) }, {});
    }
    expectAsCpu(elementwiseLowerings, 'Add', { a: floats([3, 2500]), b: floats([2500]) }, {});
    expectAsCpu(elementwiseLowerings, 'Add', { a: floats([3, 2501]), b: floats([3, 1]) }, {});
  });
  it('a batch norm with stored statistics is one pass', () => {
    const { floats } = drawing('norm');
    for (const [c, layout] of [
      [9, 'blocked'],
      [5, 'plain'],
    ] as const) {
      const variance = floats([c]);
      const inputs = {
        x: floats([2, 3, 3, c], 3, layout),
        mean: floats([c]),
        variance: { ...variance, numbers: Array.from(variance.numbers, (v) => v * v) },
        scale: floats([c]),
        offset: floats([c]),
      };
      expectAsCpu(elementwiseLowerings, 'FusedBatchNorm', inputs, { varianceEpsilon: 0.001 }, { of: 1e-6 });
    }
  });
});
