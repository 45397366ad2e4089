import { grads, ones, setBackend, type Tensor, type Tensor1D, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { gradientMapsLowerings } from '../../src/engine/lower/gradientMaps.ts';
import { gradientNormLowerings } from '../../src/engine/lower/gradientNorm.ts';
import type { Layout } from '../../src/engine/plan/emit.ts';
import type { NormActivation } from '../../src/ops/activationBody.ts';
import { batchNormStored } from '../../src/ops/batchNormStored.ts';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { resizeBilinear } from '../../src/ops/resizeBilinear.ts';
import { scaleChannels } from '../../src/ops/scaleChannels.ts';
import { spatialMean } from '../../src/ops/spatialMean.ts';
import { swish } from '../../src/ops/swish.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { weightedSum } from '../../src/ops/weightedSum.ts';
import { drawing, expectAsCpu, type Given } from './plainRun.ts';

const lowerings = { ...gradientMapsLowerings, ...gradientNormLowerings };
/** Of the largest result: sums in another order, of float32. */
const products = { of: 1e-5 };
const draws = (count: number) => Array.from({ length: count }, (_, i) => i);

beforeAll(() => {
  setBackend('cpu');
  // A composite op has a kernel once it ran.
  tidy(() => {
    const map = zeros([1, 2, 2, 1]) as Tensor4D;
    const one = zeros([1]) as Tensor1D;
    const through = (fn: (...given: Tensor[]) => Tensor, ...given: readonly Tensor[]) => grads(fn)([...given]);
    through(
      (x, s, o) => batchNormTraining(x as Tensor4D, s as Tensor1D, o as Tensor1D, { epsilon: 1 }).y,
      map,
      one,
      one,
    );
    const statistics = { mean: ones([1]) as Tensor1D, variance: ones([1]) as Tensor1D, epsilon: 1 };
    through((x, s, o) => batchNormStored(x as Tensor4D, s as Tensor1D, o as Tensor1D, statistics), map, one, one);
    through((x) => swish(x), map);
    through((x, s) => scaleChannels(x as Tensor4D, s as Tensor4D), map, zeros([1, 1, 1, 1]));
    through((x) => spatialMean(x as Tensor4D), map);
    through((x, w) => weightedSum([x as Tensor4D], w as Tensor1D), map, one);
    through((x) => upsampleNearest(x as Tensor4D, [3, 3]), map);
    through((x) => resizeBilinear(x as Tensor4D, [3, 3]), map);
  });
});

function draw(seed: string, i: number) {
  const drawn = drawing(seed, i);
  const { pick, int } = drawn;
  const shape = [pick(1, 2, 3), int(1, 17), int(1, 19), pick(1, 3, 7, 8, 9, 16, 17)];
  return { ...drawn, shape, layout: () => pick<Layout>('plain', 'blocked') };
}

const positive = (given: Given): Given => ({ ...given, numbers: Array.from(given.numbers, (x) => Math.abs(x) + 0.1) });

describe('the gradient of batch norm and its activation', () => {
  it.each(draws(48))('is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout, pick } = draw('norm', i);
    const activation = pick<NormActivation>('linear', 'swish', 'relu', 'relu6');
    const c = [shape[3] ?? 1];
    const x = floats(shape, 3, layout());
    const given = { x, scale: floats(c), offset: floats(c), mean: floats(c), variance: positive(floats(c)) };
    const inputs = { dy: floats(shape, 3, layout()), ...given };
    for (const op of ['PyramidionBatchNormTrainingGrad', 'PyramidionBatchNormStoredGrad'])
      expectAsCpu(lowerings, op, inputs, { epsilon: 1e-3, activation }, products);
  });

  it('goes over rows [b, c] as well', () => {
    const { floats } = drawing('rows');
    for (const shape of [
      [5, 9],
      [1, 1],
      [33, 16],
    ]) {
      const c = shape.slice(1);
      const given = { scale: floats(c), offset: floats(c), mean: floats(c), variance: positive(floats(c)) };
      const inputs = { dy: floats(shape), x: floats(shape), ...given };
      for (const op of ['PyramidionBatchNormTrainingGrad', 'PyramidionBatchNormStoredGrad'])
        expectAsCpu(lowerings, op, inputs, { epsilon: 1e-3, activation: 'swish' }, products);
    }
  });

  it('keeps its digits where a mean is far from zero', () => {
    const { floats } = drawing('far');
    const x = floats([1, 23, 29, 9], 0.5, 'blocked');
    const far = { ...x, numbers: Array.from(x.numbers, (n) => n + 100) };
    const constant = (n: number): Given => ({
      shape: [9],
      dtype: 'float32',
      numbers: Array.from({ length: 9 }, () => n),
    });
    const given = { x: far, scale: floats([9]), offset: floats([9]), mean: constant(100), variance: constant(1 / 12) };
    const inputs = { dy: floats(x.shape, 3, 'blocked'), ...given };
    expectAsCpu(lowerings, 'PyramidionBatchNormTrainingGrad', inputs, { epsilon: 1e-3, activation: 'swish' }, products);
  });

  it('keeps NaN in its channel', () => {
    const { floats } = drawing('nan');
    const dy = floats([1, 3, 3, 9], 3, 'blocked');
    const holed = { ...dy, numbers: Array.from(dy.numbers, (n, i) => (i === 13 ? Number.NaN : n)) };
    const given = { scale: floats([9]), offset: floats([9]), mean: floats([9]), variance: positive(floats([9])) };
    const inputs = { dy: holed, x: floats([1, 3, 3, 9], 3, 'blocked'), ...given };
    expectAsCpu(lowerings, 'PyramidionBatchNormTrainingGrad', inputs, { epsilon: 1e-3, activation: 'swish' }, products);
  });
});

describe('the gradient', () => {
  it.each(draws(24))('of swish is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout, pick, int } = draw('swish', i);
    const own = pick(shape, [int(1, 40)], [3, int(1, 5), 2]);
    const at = own.length === 4 ? layout : () => 'plain' as const;
    expectAsCpu(
      lowerings,
      'PyramidionSwishGrad',
      { x: floats(own, 9, at()), dy: floats(own, 3, at()) },
      {},
      { of: 1e-6 },
    );
  });

  it('of swish is 0 and 1 far out, and stays NaN', () => {
    const numbers = [-500, -100, -88, 88, 100, 500, Number.NaN, 0];
    const x: Given = { shape: [8], dtype: 'float32', numbers };
    const dy: Given = { shape: [8], dtype: 'float32', numbers: numbers.map(() => 1) };
    const instead = [[0, 0, 0, 1, 1, 1, Number.NaN, 0.5]];
    expectAsCpu(lowerings, 'PyramidionSwishGrad', { x, dy }, {}, { of: 1e-6, instead });
  });

  it.each(draws(24))('of weighed and averaged channels is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout } = draw('scale', i);
    const [b = 1, height = 1, width = 1, c = 1] = shape;
    const [x, dy] = [floats(shape, 3, layout()), floats(shape, 3, layout())];
    expectAsCpu(lowerings, 'PyramidionScaleChannelsGrad', { x, dy }, {}, products);
    const mean = { dy: floats([b, 1, 1, c], 3, layout()) };
    expectAsCpu(lowerings, 'PyramidionSpatialMeanGrad', mean, { height, width }, { of: 1e-6 });
  });

  it.each(draws(24))('of a weighted sum is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout, int } = draw('sum', i);
    const n = int(1, 4);
    const dy = floats(shape, 3, layout());
    const maps = Array.from({ length: n }, () => floats(shape, 3, layout()));
    expectAsCpu(lowerings, 'PyramidionWeightedSumWeightGrad', [...maps, dy], {}, products);
    expectAsCpu(lowerings, 'PyramidionWeightedSumMapGrad', { dy, weights: floats([n]) }, { index: int(0, n - 1) });
  });

  it.each(draws(40))('of a resized map is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout, int } = draw('resize', i);
    const [b = 1, inHeight = 1, inWidth = 1, c = 1] = shape;
    const [height, width] = i % 2 ? [int(1, 30), int(1, 30)] : [2 * inHeight, 2 * inWidth];
    const dy = floats([b, height, width, c], 3, layout());
    const attrs = { inHeight, inWidth, height, width };
    expectAsCpu(lowerings, 'PyramidionUpsampleNearestGrad', { dy }, attrs, products);
    expectAsCpu(lowerings, 'PyramidionResizeBilinearGrad', { dy }, attrs, products);
  });

  // The cpu backend swaps the sides of one, and mixes up the images of the other, and finds no end for a
  // side of one pixel: a square map of one image.
  it.each(draws(32))('of tfjs’s own resizing is the cpu backend’s, draw %i', (i) => {
    const { shape, floats, layout, int, pick } = draw('tfjs resize', i);
    const [side, c] = [int(2, 17), shape[3] ?? 1];
    const inputs = {
      images: floats([1, side, side, c], 3, layout()),
      dy: floats([1, int(1, 30), int(1, 30), c], 3, layout()),
    };
    const attrs = { alignCorners: pick(true, false) };
    expectAsCpu(lowerings, 'ResizeBilinearGrad', inputs, attrs, products);
    expectAsCpu(lowerings, 'ResizeNearestNeighborGrad', inputs, attrs, products);
  });
});
