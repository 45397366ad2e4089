import '@tensorflow/tfjs-layers';
import {
  memory,
  relu,
  setBackend,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { block } from '../../src/core/block.ts';
import { batchNormTraining } from '../../src/ops/batchNormTraining.ts';
import { compositeOp } from '../../src/ops/composite.ts';
import { swish } from '../../src/ops/swish.ts';
import { upsampleNearest } from '../../src/ops/upsampleNearest.ts';
import { type Graph, inputsOf, namesOf } from '../../src/trace/graph.ts';
import { lower } from '../../src/trace/lower.ts';
import { trace } from '../../src/trace/trace.ts';
import { replay } from './eager.ts';

const opsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);
const map = (shape: [number, number, number, number]) =>
  tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
    shape,
  );

describe('lower', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('puts the kernels of its body in the place of a composite op', () => {
    const stem = conv({ filters: 2, activation: 'swish' });
    const model = block({ stem }, (x: Tensor4D) => relu(stem(x)));
    const graph = lower(trace(model, [1, 4, 4, 3]));
    expect(opsOf(graph)).toEqual(['Conv2D', 'Add', 'Sigmoid', 'Multiply', 'Relu']); // bias, then x * sigmoid(x)
    expect(graph.nodes.map(({ place }) => place)).toEqual(['stem', 'stem', 'stem', 'stem', '']);
  });

  it('keeps what the target has a kernel for', () => {
    const graph = trace(conv({ filters: 2, activation: 'swish' }), [1, 4, 4, 3]);
    expect(opsOf(lower(graph, (op) => op === 'PyramidionSwish'))).toEqual(['Conv2D', 'Add', 'PyramidionSwish']);
    expect(lower(graph, () => true)).toBe(graph);
  });

  it('keeps values and outputs by identity and gives every new one a name of its own', () => {
    const before = trace((x: Tensor4D) => ({ a: swish(x), b: swish(swish(x)) }), [1, 2, 2, 3]);
    const after = lower(before);
    expect([...after.outputs]).toEqual([...before.outputs]);
    const made = after.nodes.flatMap(({ outputs }) => outputs);
    for (const value of before.outputs.values()) expect(made).toContain(value);
    expect(namesOf(after).size).toBe(1 + made.length); // and the input
  });

  it('enters composite ops in bodies, and copies a result that the body gives twice or was given', () => {
    const twice = compositeOp({
      name: 'PyramidionTestTwice',
      body: ({ x }: { x: Tensor }) => {
        const y = swish(x);
        return { y, again: y, x };
      },
      shapes: ({ x }) => ({ y: x, again: x, x }),
    });
    const run = (x: Tensor) => {
      const { y, again, x: same } = twice({ x }, {});
      return { y, again, same };
    };
    const graph = lower(trace(run, [3]));
    expect(opsOf(graph)).toEqual(['Sigmoid', 'Multiply', 'Identity', 'Identity']);
    const x = tensor1d([-1, 0, 2]);
    const made = replay(graph, { input: x });
    expect(made.get('again')?.arraySync()).toEqual(swish(x).arraySync());
    expect(made.get('same')?.arraySync()).toEqual([-1, 0, 2]);
  });

  it('computes the same: constants of a body, several results, lists', () => {
    const x = map([1, 3, 4, 2]);
    const run = (x: Tensor4D) => {
      const { y, mean, variance } = batchNormTraining(x, tensor1d([1, 2]), tensor1d([0, 1]), {
        epsilon: 1e-3,
        activation: 'swish',
      });
      return { y: upsampleNearest(y, [5, 7]), mean, variance };
    };
    const graph = lower(trace(run, [1, 3, 4, 2]));
    expect(opsOf(graph).filter((op) => op.startsWith('Pyramidion'))).toEqual([]);
    const made = replay(graph, { input: x });
    for (const [name, value] of Object.entries<Tensor>(run(x)))
      expect(made.get(name)?.arraySync(), name).toEqual(value.arraySync()); // the cpu runs the body too
  });

  it('says which op is unknown, and leaves no tensor', () => {
    const graph = trace((x: Tensor1D) => swish(x), [2]);
    const { numTensors } = memory();
    const [node] = graph.nodes;
    const strange = { ...graph, nodes: node ? [{ ...node, op: 'PyramidionNobody' }] : [] };
    expect(() => lower(strange)).toThrow('PyramidionNobody: no composite op of this name has run in this process');
    lower(graph);
    expect(memory().numTensors).toBe(numTensors);
    expect(
      inputsOf(lower(graph).nodes[0] ?? strange.nodes[0] ?? { inputs: [], op: '', attrs: {}, outputs: [], place: '' }),
    ).toEqual([graph.inputs.get('input')]);
  });
});
