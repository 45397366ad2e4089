import { setBackend, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { normLowerings as lowerings } from '../../src/engine/lower/norm.ts';
import { batchNormStored } from '../../src/ops/batchNormStored.ts';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { drawing, expectAsCpu } from './plainRun.ts';

// Composite ops have a kernel once they were called.
beforeAll(() => {
  setBackend('cpu');
  tidy(() => {
    const [x, one] = [tensor4d([1], [1, 1, 1, 1]), tensor1d([1])];
    batchNormStored(x, one, one, { mean: one, variance: one, epsilon: 1 });
    batchNormTraining(x, one, one, { epsilon: 1 });
  });
});

const positive = (given: { readonly numbers: ArrayLike<number> }) =>
  Float32Array.from(given.numbers, (x) => Math.abs(x) + 0.1);
const shapes = [
  [2, 5, 7, 9],
  [1, 1, 1, 8],
  [1, 30, 20, 3],
  [7, 13],
  [3, 4],
  [1, 8],
] as const;

describe('batch norm', () => {
  it.each([true, false])('of tfjs over stored statistics is the cpu backend’s, with scale and offset: %s', (both) => {
    const { floats } = drawing('fused', `${both}`);
    const variance = floats([9]);
    const more = both ? { offset: floats([9]), scale: floats([9]) } : {};
    const inputs = {
      x: floats([2, 5, 7, 9], 3, 'blocked'),
      mean: floats([9]),
      variance: { ...variance, numbers: positive(variance) },
      ...more,
    };
    expectAsCpu(lowerings, 'FusedBatchNorm', inputs, { varianceEpsilon: 1e-3 }, { of: 1e-6 });
  });

  it.each(['linear', 'swish', 'relu', 'relu6'].flatMap((activation) => shapes.map((shape) => ({ activation, shape }))))(
    'over stored statistics, then $activation, of [$shape]',
    ({ activation, shape }) => {
      const { floats } = drawing('stored', activation, ...shape);
      const c = shape.at(-1) ?? 1;
      const variance = floats([c]);
      const inputs = {
        x: floats(shape, 3, shape.length === 4 ? 'blocked' : 'plain'),
        scale: floats([c]),
        offset: floats([c]),
        mean: floats([c]),
        variance: { ...variance, numbers: positive(variance) },
      };
      expectAsCpu(lowerings, 'PyramidionBatchNormStored', inputs, { epsilon: 1e-3, activation }, { of: 1e-6 });
    },
  );

  it.each(['linear', 'swish', 'relu', 'relu6'].flatMap((activation) => shapes.map((shape) => ({ activation, shape }))))(
    'over the batch, then $activation, of [$shape], gives its statistics too',
    ({ activation, shape }) => {
      const { floats } = drawing('training', activation, ...shape);
      const c = shape.at(-1) ?? 1;
      const x = floats(shape, 3, shape.length === 4 ? 'blocked' : 'plain');
      const inputs = { x, scale: floats([c]), offset: floats([c]) };
      expectAsCpu(lowerings, 'PyramidionBatchNormTraining', inputs, { epsilon: 1e-3, activation }, { of: 1e-5 });
    },
  );

  it('keeps its digits where a mean is 200 deviations from zero', () => {
    const { floats } = drawing('far');
    const x = floats([2, 16, 16, 8], 1, 'blocked');
    const numbers = Float32Array.from(x.numbers, (one) => one + 120);
    const inputs = { x: { ...x, numbers }, scale: floats([8]), offset: floats([8]) };
    // 6e-8 of 120 is 1e-5 of a deviation: what float32 holds of x. Sums about zero would be wrong by 5e-2.
    expectAsCpu(
      lowerings,
      'PyramidionBatchNormTraining',
      inputs,
      { epsilon: 1e-3, activation: 'linear' },
      { of: 1e-4 },
    );
  });
});
