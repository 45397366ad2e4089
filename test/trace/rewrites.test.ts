import {
  add,
  cast,
  concat,
  conv2d,
  depthwiseConv2d,
  elu,
  fused,
  leakyRelu,
  matMul,
  max,
  mul,
  pad,
  relu,
  relu6,
  reshape,
  setBackend,
  sigmoid,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tile,
  transpose,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv, depthwiseConv } from '../../src/block/conv.ts';
import { settle } from '../../src/core/model.ts';
import { swish } from '../../src/ops/swish.ts';
import { dropDead } from '../../src/trace/dropDead.ts';
import { dropNoops } from '../../src/trace/dropNoops.ts';
import { foldBatchNorm } from '../../src/trace/foldBatchNorm.ts';
import { fuseActivation } from '../../src/trace/fuseActivation.ts';
import { fuseSwish } from '../../src/trace/fuseSwish.ts';
import type { Graph } from '../../src/trace/graph.ts';
import { memoryOf } from '../../src/trace/memory.ts';
import { mergeEqual } from '../../src/trace/mergeEqual.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { distance, made, mapOf, scatter } from './numbers.ts';

const opsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);

describe('dropNoops', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it.each<[string, (x: Tensor2D) => Tensor]>([
    ['a copy', (x) => x.clone()],
    ['a cast to the same type', (x) => cast(x, 'float32')],
    ['a reshape to the same shape', (x) => reshape(x, [2, 3])],
    ['two reshapes and back', (x) => reshape(reshape(x, [6]), [2, 3])],
    ['a tile by ones', (x) => tile(x, [1, 1])],
    ['a transpose that moves nothing', (x) => transpose(x, [0, 1])],
    [
      'a padding of nothing',
      (x) =>
        pad(x, [
          [0, 0],
          [0, 0],
        ]),
    ],
    ['a join of one', (x) => concat([x])],
    ['adding 0', (x) => add(0, add(x, 0))],
    ['taking 0 and multiplying by 1', (x) => mul(sub(x, tensor1d([0, 0, 0])), 1)],
  ])('leaves out %s', (_, run) => {
    const graph = dropDead(dropNoops(trace((x: Tensor2D) => relu(run(x)), [2, 3])));
    expect(opsOf(graph)).toEqual(['Relu']);
  });

  it('keeps what changes something: types, shapes by broadcast, the order of axes, numbers', () => {
    const runs: ((x: Tensor2D) => Tensor)[] = [
      (x) => cast(x, 'int32'),
      (x) => add(x, tensor2d([[0], [0]])), // of rank 2: not looked at
      (x) => add(reshape(x, [6, 1]), tensor1d([0, 0])), // to [6, 2]
      (x) => transpose(x),
      (x) => sub(0, x),
      (x) => mul(x, tensor1d([1, 1, 2])),
    ];
    for (const run of runs) {
      const graph = trace(run, [2, 3]);
      expect(opsOf(dropNoops(graph))).toEqual(opsOf(graph));
    }
  });

  it('lets an output be an input', () => {
    const graph = dropNoops(trace((x: Tensor) => x.clone(), [2]));
    expect(graph.nodes).toEqual([]);
    expect(graph.outputs.get('output')).toBe(graph.inputs.get('input'));
  });
});

describe('mergeEqual', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('computes once what is computed alike, constants and lists too', () => {
    const small = mergeEqual(trace((x: Tensor) => add(relu(add(x, 1)), relu(add(x, 1))), [4]));
    expect(opsOf(small)).toEqual(['Add', 'Relu', 'Add']);
    const joined = mergeEqual(trace((x: Tensor) => add(concat([x, x]), concat([x, x])), [4]));
    expect(opsOf(joined)).toEqual(['Concat', 'Add']);
  });

  it('tells attributes, orders and types apart', () => {
    const run = (x: Tensor2D) => [
      matMul(x, x),
      matMul(x, x, true),
      sub(x, 1),
      sub(1, x),
      add(x, 2),
      add(cast(x, 'int32'), 2),
    ];
    const graph = trace(run, [2, 2]);
    expect(opsOf(mergeEqual(graph))).toEqual(opsOf(graph));
  });

  it('lets two outputs be one value', () => {
    const graph = mergeEqual(trace((x: Tensor) => ({ a: relu(x), b: relu(x) }), [2]));
    expect(opsOf(graph)).toEqual(['Relu']);
    expect(graph.outputs.get('a')).toBe(graph.outputs.get('b'));
  });

  it('computes large results again where keeping them takes more memory', () => {
    const wide = (x: Tensor) => relu(tile(x, [100])); // 100 times the input
    const long = (x: Tensor) => {
      const first = sum(wide(x));
      const between = sum(sigmoid(tile(x, [120]))); // the wide one would be live here
      return add(add(first, between), max(wide(x)));
    };
    const graph = trace(long, [1000]);
    const merged = mergeEqual(graph);
    expect(opsOf(merged).filter((op) => op === 'Relu').length).toBe(2);
    expect(memoryOf(merged).peakBytes).toBe(memoryOf(graph).peakBytes);
  });
});

describe.each(['cpu', 'wasm'] as const)('fuseActivation on %s', (backend) => {
  beforeAll(async () => {
    await use(backend);
  });

  const bias = () => tensor1d([0.1, -0.2, 0.3]);
  it.each<[string, (x: Tensor4D) => Tensor, string[]]>([
    ['a bias', (x) => conv({ filters: 3, kernel: 3 })(x), ['FusedConv2D']],
    ['relu', (x) => relu(add(conv2d(x, mapOf([1, 1, 3, 3]), 1, 'same'), bias())), ['FusedConv2D']],
    ['relu alone', (x) => relu(conv2d(x, mapOf([1, 1, 3, 3]), 1, 'same')), ['FusedConv2D']],
    ['relu6', (x) => relu6(depthwiseConv2d(x, mapOf([3, 3, 3, 1]), 1, 'same')), ['FusedDepthwiseConv2D']],
    ['a bias and elu', (x) => elu(add(conv2d(x, mapOf([3, 3, 3, 3]), 2, 'valid'), bias())), ['FusedConv2D']],
    [
      'a bias and sigmoid',
      (x) => sigmoid(add(depthwiseConv2d(x, mapOf([3, 3, 3, 1]), 1, 'same'), bias())),
      ['FusedDepthwiseConv2D'],
    ],
    [
      'a bias and leaky relu',
      (x) => leakyRelu(add(conv2d(x, mapOf([1, 1, 3, 3]), 1, 'same'), bias()), 0.3),
      ['FusedConv2D'],
    ],
    [
      'a product and relu',
      (x) => relu(add(matMul(reshape(x, [30, 3]), reshape(mapOf([1, 1, 3, 3]), [3, 3])), bias())),
      ['Reshape', 'Reshape', '_FusedMatMul', 'Reshape'],
    ],
  ])('joins %s to what it follows', (_, run, ops) => {
    const outside = trace(run, [1, 5, 6, 3]);
    const graph = dropDead(dropNoops(fuseActivation(outside)));
    expect(opsOf(graph).slice(-ops.length)).toEqual(ops);
    const x = mapOf([1, 5, 6, 3], 5);
    expect(distance(made(outside, x), made(graph, x))).toBeLessThan(1e-6);
  });

  it('leaves what somebody else reads', () => {
    const layer = conv({ filters: 3 });
    const graph = trace(
      (x: Tensor4D) => {
        const y = layer(x);
        return { y, z: relu(y) };
      },
      [1, 2, 2, 3],
    );
    expect(opsOf(fuseActivation(graph))).toEqual(['FusedConv2D', 'Relu']); // the bias alone
    const seen = trace(
      (x: Tensor4D) => {
        const y = conv2d(x, mapOf([1, 1, 3, 3]), 1, 'same');
        return { y, z: relu(y) };
      },
      [1, 2, 2, 3],
    );
    expect(fuseActivation(seen)).toBe(seen);
  });
});

describe('fuseSwish', () => {
  beforeAll(async () => {
    await use('wasm');
  });

  // Maps of several bands of rows, with padding and strides of all kinds; batches; channels that are no multiple of 4.
  it.each([
    { kernel: 1, stride: 1, shape: [1, 96, 80, 9], filters: 35 },
    { kernel: 3, stride: 1, shape: [2, 70, 60, 5], filters: 40 },
    { kernel: 3, stride: 2, shape: [1, 181, 140, 3], filters: 33 },
    { kernel: 5, stride: 2, shape: [1, 150, 120, 64], filters: 0 },
    { kernel: 3, stride: 1, shape: [2, 90, 70, 30], filters: 0 },
    { kernel: 1, stride: 1, shape: [1, 4, 4, 8], filters: 3 },
  ] as const)(
    'computes $kernel x $kernel / $stride of [$shape] by bands of rows',
    ({ kernel, stride, shape, filters }) => {
      for (const activation of ['swish', 'relu', 'linear'] as const) {
        const options = { kernel, stride, norm: {}, activation };
        const layer = filters ? conv({ ...options, filters }) : depthwiseConv(options);
        settle(layer, 1);
        const x = mapOf([...shape]);
        layer(x);
        scatter(layer);
        const graph = fuseSwish(fuseActivation(foldBatchNorm(trace(layer, shape))));
        expect(opsOf(graph).at(-1)).toBe(filters ? 'FusedConv2D' : 'FusedDepthwiseConv2D');
        expect(distance(layer(x), made(graph, x)), activation).toBeLessThan(2e-6);
      }
    },
  );

  it('refuses a bias that is no number for each channel, which its kernels would read beyond the end of', () => {
    const x = mapOf([1, 2, 2, 3]);
    const run = (bias: Tensor) => fused.conv2d({ x, filter: mapOf([1, 1, 3, 4]), strides: 1, pad: 'same', bias });
    expect(() => run(tensor1d([1]))).toThrow('fused convolution: bias is [1]; it must be [4]');
    expect(run(tensor1d([1, 2, 3, 4])).shape).toEqual([1, 2, 2, 4]);
  });

  it('leaves a swish that follows something else', () => {
    const graph = trace((x: Tensor4D) => swish(relu(x)), [1, 2, 2, 3]);
    expect(fuseSwish(graph)).toBe(graph);
  });
});
