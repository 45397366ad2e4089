import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  div,
  memory,
  mul,
  ones,
  relu,
  setBackend,
  sum,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tile,
  zeros,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { fuse } from '../../src/block/fuse.ts';
import { weights } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { foldConstants } from '../../src/trace/foldConstants.ts';
import { type ConstantValue, type Graph, inputsOf, type Value, weightsOf } from '../../src/trace/graph.ts';
import { trace } from '../../src/trace/trace.ts';
import { weightsToConstants } from '../../src/trace/weightsToConstants.ts';
import { replay } from './eager.ts';

const opsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);
const constantsOf = ({ nodes, outputs }: Graph): ConstantValue[] =>
  [...nodes.flatMap(inputsOf), ...outputs.values()].filter((value: Value) => value.kind === 'constant');
const numbersOf = ({ numbers }: ConstantValue) => ('dataSync' in numbers ? [] : [...numbers]);

describe('weightsToConstants', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('copies the numbers of weights, under their names, once each', () => {
    const layer = conv({ filters: 2 });
    settle(layer, 1);
    const before = trace((x: Tensor4D) => layer(layer(x)), [1, 4, 4, 2], { root: layer });
    const graph = weightsToConstants(before);
    expect(weightsOf(graph)).toEqual([]);
    const constants = new Set(constantsOf(graph));
    expect([...constants].map(({ name }) => name)).toEqual(['kernel', 'bias']);
    const kernel = weights(layer).get('kernel');
    const [held] = constants;
    const numbers = [...(kernel?.read().dataSync() ?? [])];
    kernel?.write(new Float32Array(4));
    expect(held && numbersOf(held)).toEqual(numbers); // moved no more
    expect(weightsOf(before).length).toBe(2);
  });

  it('makes one of a weight that is itself an output', () => {
    const layer = conv({ filters: 2, bias: false });
    settle(layer, 1);
    const graph = weightsToConstants(
      trace((x: Tensor4D) => ({ y: layer(x), w: weights(layer).get('kernel')?.as([1, 1, 3, 2]) ?? x }), [1, 4, 4, 3]),
    );
    expect(graph.outputs.get('w')?.kind).toBe('constant');
  });
});

describe('foldConstants', () => {
  let before: ReturnType<typeof memory>;
  beforeAll(async () => {
    await setBackend('cpu');
  });
  beforeEach(() => {
    before = memory();
  });

  it('computes what depends on constants alone, and leaves no tensor', () => {
    const run = (x: Tensor) => mul(x, sum(add(tensor1d([1, 2]), ones([2])))); // 1 + 1 + 2 + 1
    const graph = foldConstants(trace(run, [3]));
    expect(memory().numTensors).toBe(before.numTensors);
    expect(opsOf(graph)).toEqual(['Multiply']);
    expect(constantsOf(graph).map(numbersOf)).toEqual([[5]]);
  });

  it('makes an output of constants a constant', () => {
    const graph = foldConstants(trace((_: Tensor) => relu(tensor1d([-1, 1])), [1]));
    expect(graph.nodes).toEqual([]);
    expect(constantsOf(graph).map(numbersOf)).toEqual([[0, 1]]);
  });

  it('takes weights for constants once they are', () => {
    const join = fuse({ method: 'fast' });
    const fast = [...div(tensor1d([1, 1]), add(sum(tensor1d([1, 1])), 1e-4)).dataSync()];
    const maps = trace((x: Tensor4D) => join([x, relu(x)]), [1, 2, 2, 1]);
    expect(opsOf(foldConstants(maps))).toEqual(opsOf(maps)); // a weight may move
    const graph = foldConstants(weightsToConstants(maps));
    expect(opsOf(graph)).toEqual(['Relu', 'PyramidionWeightedSum']);
    expect(constantsOf(graph).flatMap(numbersOf)).toEqual(fast); // 1 / (1 + 1 + 1e-4), twice
  });

  it('leaves kernels that make many numbers of few, and what it is told to keep', () => {
    const graph = trace((x: Tensor) => add(x, tile(zeros([1, 10]), [1000, 1])), [1000, 10]);
    expect(opsOf(foldConstants(graph))).toEqual(['Tile', 'Add']);
    const small = trace((x: Tensor) => add(x, tile(tensor1d([1, 2]), [2])), [4]);
    expect(opsOf(foldConstants(small, ({ op }) => op === 'Tile'))).toEqual(['Tile', 'Add']);
    expect(opsOf(foldConstants(small))).toEqual(['Add']);
  });

  it('reads tensors that existed before, and leaves them', () => {
    const outside = tensor1d([1, -2]);
    const graph = foldConstants(trace((x: Tensor) => add(x, relu(outside)), [2]));
    expect(replay(graph, { input: outside }).get('output')?.arraySync()).toEqual([2, -2]);
    expect(outside.arraySync()).toEqual([1, -2]);
  });
});
