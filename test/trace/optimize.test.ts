import { add, memory, mul, relu, slice, type Tensor, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { kaist, unit } from '../../src/backbone/standardization.ts';
import { batchNorm } from '../../src/block/batchNorm.ts';
import { conv, depthwiseConv, separableConv } from '../../src/block/conv.ts';
import { dropConnect } from '../../src/block/dropConnect.ts';
import { fuse } from '../../src/block/fuse.ts';
import { mbConv } from '../../src/block/mbConv.ts';
import { sequence } from '../../src/block/sequence.ts';
import { squeezeExcite } from '../../src/block/squeezeExcite.ts';
import { standardize } from '../../src/block/standardize.ts';
import { upsample } from '../../src/block/upsample.ts';
import { type Block, block } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { lift } from '../../src/neck/lift.ts';
import { traceBatch } from '../../src/trace/batch.ts';
import { formatGraph, type Graph } from '../../src/trace/graph.ts';
import { lower } from '../../src/trace/lower.ts';
import { optimize, simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { distance, made, mapOf, scatter } from './numbers.ts';

const opsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);
const norm = { epsilon: 1e-2 };
/** A neck or a head over cuts of a map of 16 x 16, each half as wide as the one before. */
const over = <In>(inner: Block<In, object>, names: readonly string[]): Block<Tensor4D, object> =>
  block({ inner }, (x: Tensor4D, pass) => {
    const map = (i: number): Tensor4D => slice(x, [0, 0, 0, 0], [-1, 16 / 2 ** i, 16 / 2 ** i, -1]);
    const maps = names.map((name, i) => [name, map(i)] as const);
    return inner(Object.fromEntries(maps) as In, pass);
  });
const anchors = [{ shapes: [[4, 4]] as const }, { shapes: [[8, 8]] as const }];

/** Every block of the library; a function, since a block keeps the channels of its first input. */
const blocks: Readonly<Record<string, () => Block<Tensor4D, object>>> = {
  'conv with swish': () => conv({ filters: 5, kernel: 3, stride: 2, norm, activation: 'swish' }),
  'conv with bias and relu': () =>
    conv({ filters: 3, kernel: 3, padding: 'symmetric', bias: true, norm, activation: 'relu' }),
  'conv without norm': () => conv({ filters: 3, activation: 'relu6' }),
  'depthwise conv': () => depthwiseConv({ kernel: 5, norm, activation: 'relu6' }),
  'separable conv': () => separableConv({ filters: 6, norm, activation: 'swish' }),
  'batch norm': () => batchNorm({ activation: 'swish' }),
  'squeeze and excitation': () => squeezeExcite({ filters: 2 }),
  mbConv: () => mbConv({ filters: 4, norm, dropConnect: 0.2 }),
  'mbConv without expansion': () => mbConv({ filters: 6, expand: 1, kernel: 5, stride: 2, squeeze: 0 }),
  'drop connect': () => dropConnect({ rate: 0.5 }),
  sequence: () => sequence(conv({ filters: 4, norm }), conv({ filters: 4, norm, activation: 'relu' })),
  'nearest upsampling': () => upsample({ method: 'nearest' }),
  'bilinear upsampling': () => upsample({ method: 'bilinear', scale: 3 }),
  'transposed upsampling': () => upsample({ method: 'transposed', filters: 3, norm }),
  ...Object.fromEntries(
    (['sum', 'fast', 'softmax'] as const).map((method) => [
      `fusion by ${method}`,
      () => {
        const join = fuse({ method });
        return block({ join }, (x: Tensor4D) => join([x, relu(x), mul<Tensor4D>(x, 2)]));
      },
    ]),
  ),
  standardize: () => standardize(kaist),
  'standardize to 0-1': () => standardize(unit),
  fpn: () => over(fpn({ stages: ['C3', 'C4'], channels: 4, upsample: 'nearest', norm }), ['C3', 'C4']),
  bifpn: () => over(bifpn({ stages: ['C3', 'C4'], from: 'P3', to: 'P5', channels: 4, cells: 2 }), ['C3', 'C4']),
  lift: () => over(lift({ levels: ['P3', 'P4'], channels: 6 }), ['P3', 'P4']),
  'ssd head': () => over(ssdHead({ levels: ['P3', 'P4'], anchors, labels: ['person'] }), ['P3', 'P4']),
  efficientNet: () => efficientNet({ width: 0.1, depth: 0.1 }),
  ssdVgg: () => ssdVgg({ width: 0.05 }).until(['C3', 'C5']),
};

describe.each(['cpu', 'wasm'] as const)('optimize on %s', (backend) => {
  beforeAll(async () => {
    await use(backend);
  });

  it.each(Object.keys(blocks))('computes the same as the ops of %s', (name) => {
    const model = (blocks[name] ?? blocks.sequence)?.() ?? batchNorm();
    settle(model, 1);
    tidy(() => {
      const shape = [1, 16, 16, 3] as const;
      const x = mapOf([...shape]);
      model(x);
      scatter(model);
      const before = trace(model, shape);
      const graph = optimize(before);
      expect([...graph.outputs.keys()]).toEqual([...before.outputs.keys()]);
      expect(graph.nodes.length - foldedIn(graph)).toBeLessThanOrEqual(before.nodes.length);
      for (const path of before.outputs.keys())
        expect(distance(made(before, x, path), made(graph, x, path)), path).toBeLessThan(1e-5);
    });
  });
});

/** Nodes that are there for folded filters: they run once. */
const foldedIn = ({ nodes }: Graph) => nodes.filter(({ outputs }) => outputs[0]?.name.includes('folded/')).length;

describe('optimize', () => {
  beforeAll(async () => {
    await use('cpu');
  });

  it('leaves one kernel of a convolution, its norm and its activation', () => {
    const graph = optimize(trace(conv({ filters: 2, kernel: 3, norm: {}, activation: 'relu' }), [1, 4, 4, 3]));
    expect(opsOf(graph).at(-1)).toBe('FusedConv2D');
    expect(opsOf(graph).slice(0, -1)).toEqual(['Add', 'Rsqrt', 'Multiply', 'Multiply', 'Multiply', 'Sub']); // of weights
  });

  it('computes what depends on constants, and leaves no tensor; simplify reads no number', () => {
    const run = (x: Tensor) => add(x, mul(tensor1d([1, 2]), 2));
    const graph = trace(run, [2]);
    const { numTensors } = memory();
    expect(opsOf(optimize(graph))).toEqual(['Add']);
    expect(opsOf(simplify(graph))).toEqual(['Multiply', 'Add']);
    expect(memory().numTensors).toBe(numTensors);
  });

  it('prints as any graph', () => {
    const text = formatGraph(optimize(trace(conv({ filters: 2, norm: {}, activation: 'relu' }), [1, 4, 4, 3])));
    expect(text.split('\n').at(-2)).toMatch(
      /^norm\/PyramidionBatchNormStored +\[1, 4, 4, 2\] +at norm +FusedConv2D\(input, /,
    );
  });

  it('goes before the marks of a batch', () => {
    const model = mbConv({ filters: 4, norm });
    const { graph, batch } = traceBatch(model, [2, 4, 4, 4], { passes: (one) => simplify(lower(simplify(one))) });
    const output = graph.outputs.get('output');
    expect(output && batch.sides.get(output)?.[0]).toEqual({ perImage: 1, fixed: 0 });
    expect(opsOf(graph)).toContain('FusedDepthwiseConv2D');
  });
});
