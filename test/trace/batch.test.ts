import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  conv2dTranspose,
  fill,
  mean,
  mul,
  ones,
  relu,
  reshape,
  setBackend,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { traceBatch } from '../../src/trace/batch.ts';
import { foldConstants } from '../../src/trace/foldConstants.ts';
import { lower } from '../../src/trace/lower.ts';
import { weightsToConstants } from '../../src/trace/weightsToConstants.ts';

describe('traceBatch', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('marks sides that grow with the batch, wherever they are', () => {
    const { graph, batch } = traceBatch((x: Tensor4D) => reshape(relu(x), [-1, 3]), [2, 4, 5, 3]);
    const [relued, reshaped] = graph.nodes.map(({ outputs }) => outputs[0]);
    expect(relued && batch.sides.get(relued)).toEqual([{ perImage: 1, fixed: 0 }, undefined, undefined, undefined]);
    expect(reshaped && batch.sides.get(reshaped)).toEqual([{ perImage: 20, fixed: 0 }, undefined]); // 4 * 5
    expect(graph.outputs.get('output')?.shape).toEqual([40, 3]); // of the batch that was given
    expect(batch.attrs.size).toBe(0); // -1 is -1
  });

  it('marks numbers among attributes: shapes, sizes, shapes of inputs', () => {
    const run = (x: Tensor4D) => ({
      transposed: conv2dTranspose(x, ones([2, 2, 1, 3]), [x.shape[0], 4, 4, 1], 2, 'same'),
      shape: reshape(x, [x.shape[0], 12]),
      most: slice(x, [1, 0, 0, 0], [x.shape[0] - 1, 2, 2, 3]),
    });
    const { graph, batch } = traceBatch(run, [2, 2, 2, 3]);
    const marks = graph.nodes.flatMap(({ op, outputs }) => {
      const attrs = outputs[0] && batch.attrs.get(outputs[0]);
      return attrs ? [[op, attrs]] : [];
    });
    expect(marks).toEqual([
      ['Conv2DBackpropInput', [{ path: ['inputShape', 0], perImage: 1, fixed: 0 }]],
      ['Reshape', [{ path: ['shape', 0], perImage: 1, fixed: 0 }]],
      ['Slice', [{ path: ['size', 0], perImage: 1, fixed: -1 }]],
    ]);
  });

  it('takes inputs of the same first side for the batch, or what it is told', () => {
    const run = ({ x, bias }: { x: Tensor2D; bias: Tensor2D }) => add(x, bias);
    const named = (options?: Parameters<typeof traceBatch>[2]) => {
      const { batch } = traceBatch(run, { x: [2, 3], bias: [1, 3] }, options);
      return [...batch.sides.keys()].map(({ name }) => name);
    };
    expect(named()).toEqual(['x', 'Add']);
    const single = { x: [1, 3], bias: [1, 3] };
    const { batch } = traceBatch(run, single, { batched: (path) => path === 'x' });
    expect([...batch.sides.keys()].map(({ name }) => name)).toEqual(['x', 'Add']);
    expect(() => traceBatch((x: Tensor) => x, [])).toThrow('no input has a batch');
    expect(() => traceBatch(run, { x: [2, 3], bias: [1, 3] }, { batched: () => true })).toThrow(
      'the input bias is a batch of 1, one before it a batch of 2',
    );
  });

  it('is of the graph after the passes that it is given, and lasts through those that keep values', () => {
    const layer = conv({ filters: 2, norm: {}, activation: 'swish' });
    const { graph, batch } = traceBatch(layer, [1, 4, 4, 3], { passes: lower });
    const made = graph.nodes.find(({ op }) => op === 'Conv2D')?.outputs[0];
    const exported = foldConstants(
      weightsToConstants(graph),
      ({ outputs: [value] }) => value !== undefined && batch.sides.has(value),
    );
    const again = exported.nodes.find(({ op }) => op === 'Conv2D')?.outputs[0];
    expect(again).toBe(made);
    for (const { outputs } of exported.nodes)
      for (const value of outputs) expect(batch.sides.get(value)?.[0], value.name).toEqual({ perImage: 1, fixed: 0 });
  });

  it('keeps constants of the batch apart from those that may be folded', () => {
    const { graph, batch } = traceBatch((x: Tensor2D) => add(x, fill([x.shape[0], 3], 1)), [2, 3], { passes: lower });
    const kept = foldConstants(graph, ({ outputs: [value] }) => value !== undefined && batch.sides.has(value));
    expect(kept.nodes.map(({ op }) => op)).toEqual(['Fill', 'Add']);
  });

  it('says where two traces differ otherwise', () => {
    const perImage = (x: Tensor4D) => mul(mean(x), 1 / x.shape[0]);
    expect(() => traceBatch(perImage, [2, 2, 2, 3])).toThrow(
      'traceBatch: Multiply: the numbers of a constant of shape [] depend on the batch',
    );
    const loop = (x: Tensor4D) => Array.from({ length: x.shape[0] }, () => 0).reduce((y: Tensor) => relu(y), x);
    expect(() => traceBatch(loop, [2, 2, 2, 3])).toThrow('2 kernels for one batch, 3 for the next');
    const other = (x: Tensor4D): Tensor => (x.shape[0] === 2 ? relu(x) : mul(x, x));
    expect(() => traceBatch(other, [2, 2, 2, 3])).toThrow(
      'traceBatch: Relu: another kernel for the next batch, Multiply',
    );
  });
});
