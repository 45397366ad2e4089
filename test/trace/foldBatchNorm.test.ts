import {
  add,
  conv2d,
  relu,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  batchNorm as tfBatchNorm,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNorm } from '../../src/block/batchNorm.ts';
import { conv, depthwiseConv } from '../../src/block/conv.ts';
import { upsample } from '../../src/block/upsample.ts';
import { type Block, block } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { dilatedConv } from '../../src/ops/dilatedConv.ts';
import { dropDead } from '../../src/trace/dropDead.ts';
import { isStored } from '../../src/trace/fixed.ts';
import { foldBatchNorm } from '../../src/trace/foldBatchNorm.ts';
import { type Graph, type Value, weightsOf } from '../../src/trace/graph.ts';
import { standing } from '../../src/trace/standing.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { distance, made, mapOf, scatter } from './numbers.ts';

/** Kernels that run each time: not those of weights alone. */
const running = (graph: Graph) => standing(graph).nodes.map(({ op }) => op);

describe.each(['cpu', 'wasm'] as const)('foldBatchNorm on %s', (backend) => {
  beforeAll(async () => {
    await use(backend);
  });

  const norm = { epsilon: 1e-2 };
  it.each<[string, Block, string[]]>([
    ['a convolution', conv({ filters: 4, kernel: 3, norm }), ['Conv2D', 'Add']],
    ['one with a bias', conv({ filters: 4, bias: true, norm }), ['Conv2D', 'Add']],
    [
      'a depthwise one',
      depthwiseConv({ kernel: 3, norm, activation: 'relu' }),
      ['DepthwiseConv2dNative', 'Add', 'Relu'],
    ],
    ['a transposed one', upsample({ method: 'transposed', filters: 3, norm }), ['Conv2DBackpropInput', 'Add']],
    ['one with swish', conv({ filters: 4, norm, activation: 'swish' }), ['Conv2D', 'Add', 'PyramidionSwish']],
    ['one with relu6', conv({ filters: 4, norm, activation: 'relu6' }), ['Conv2D', 'Add', 'Relu6']],
  ])('makes a norm part of %s', (_, layer, ops) => {
    settle(layer, 3);
    const x = mapOf([2, 5, 4, 2]);
    layer(x);
    scatter(layer);
    const before = trace(layer, [2, 5, 4, 2]);
    const graph = foldBatchNorm(before);
    expect(running(graph)).toEqual(ops);
    expect(graph.outputs).toEqual(before.outputs);
    expect(distance(layer(x), made(graph, x))).toBeLessThan(1e-6); // rounding of float32
  });

  it('folds into a dilated convolution, and into depthwise filters of several outputs a channel', () => {
    const w = mapOf([3, 3, 2, 4], 1);
    const normalize = batchNorm();
    const run = (x: Tensor4D) => normalize(dilatedConv(x, w, { dilation: 2 }));
    const x = mapOf([1, 6, 6, 2]);
    run(x);
    scatter(normalize);
    const graph = foldBatchNorm(trace(run, [1, 6, 6, 2]));
    expect(running(graph)).toEqual(['PyramidionDilatedConv', 'Add']);
    expect(distance(run(x), made(graph, x))).toBeLessThan(1e-6);
  });

  it('gives each of several convolutions with the same weights a filter of its own', () => {
    const shared = conv({ filters: 2, bias: false });
    const norms = [batchNorm(), batchNorm()] as const;
    const model = block({ shared, norms }, (x: Tensor4D) => ({ a: norms[0](shared(x)), b: norms[1](shared(relu(x))) }));
    const x = mapOf([1, 3, 3, 2]);
    model(x);
    scatter(model);
    const graph = foldBatchNorm(trace(model, [1, 3, 3, 2]));
    const filters = graph.nodes
      .filter(({ op }) => op === 'Conv2D')
      .map(({ inputs }) => Object.entries<Value>(inputs).find(([name]) => name === 'filter')?.[1]);
    expect(new Set(filters).size).toBe(2);
    const wanted = model(x);
    for (const name of ['a', 'b'] as const) expect(distance(wanted[name], made(graph, x, name))).toBeLessThan(1e-6);
  });

  it("folds tfjs's own batch norm, and a bias that is added by tfjs", () => {
    const [w, bias] = [mapOf([1, 1, 2, 3], 1), tensor1d([1, 2, 3])];
    const [mean, variance, offset, scale] = [
      [1, 0, 2],
      [0.5, 1, 2],
      [3, 1, 0],
      [1, -1, 2],
    ].map((v) => tensor1d(v)) as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
    const run = (x: Tensor4D) =>
      tfBatchNorm(add<Tensor4D>(conv2d(x, w, 1, 'same'), bias), mean, variance, offset, scale, 1e-3);
    const graph = dropDead(foldBatchNorm(trace(run, [1, 3, 3, 2])));
    expect(graph.nodes.map(({ op }) => op)).not.toContain('FusedBatchNorm');
    const x = mapOf([1, 3, 3, 2]);
    expect(distance(run(x), made(graph, x))).toBeLessThan(1e-6);
  });
});

describe('foldBatchNorm', () => {
  it('stays away where somebody else reads what is between, or it is an output', () => {
    const [first, normalize] = [conv({ filters: 2 }), batchNorm()];
    const norms = ({ nodes }: Graph) => nodes.filter(({ op }) => op === 'PyramidionBatchNormStored').length;
    const seen = (x: Tensor4D) => {
      const y = first(x);
      return { y, z: normalize(y) };
    };
    expect(norms(foldBatchNorm(trace(seen, [1, 2, 2, 2])))).toBe(1);
    const twice = (x: Tensor4D) => {
      const y = first(x);
      return add(normalize(y), normalize(relu(y)));
    };
    expect(norms(foldBatchNorm(trace(twice, [1, 2, 2, 2])))).toBe(2);
    const apart = (x: Tensor4D) => add(normalize(first(x)), normalize(first(relu(x))));
    expect(norms(foldBatchNorm(trace(apart, [1, 2, 2, 2])))).toBe(0);
  });

  it('stays away where the filter is an input', () => {
    const normalize = batchNorm();
    const run = ({ x, w }: { x: Tensor4D; w: Tensor4D }) => normalize(conv2d(x, w, 1, 'same'));
    const graph = trace(run, { x: [1, 2, 2, 2], w: [1, 1, 2, 2] });
    expect(foldBatchNorm(graph)).toBe(graph);
  });

  it('keeps the weights as weights: what is folded depends on nothing else', () => {
    const layer = conv({ filters: 2, norm: {} });
    const graph = foldBatchNorm(trace(layer, [1, 2, 2, 2]));
    expect(weightsOf(graph).length).toBe(5);
    const stands = standing(graph);
    expect(stands.values.filter((value) => !isStored(value)).map(({ shape }) => shape)).toEqual([[1, 1, 2, 2], [2]]); // filter, bias
  });
});
