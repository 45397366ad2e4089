import { describe, expect, it } from 'vitest';
import { fuseChains } from '../../src/engine/fuse/chain.ts';
import { fuseReshapedConcat } from '../../src/engine/fuse/chainConcat.ts';
import { arrangeLowerings } from '../../src/engine/lower/arrange.ts';
import { elementwiseLowerings } from '../../src/engine/lower/elementwise.ts';
import type { Graph, InputValue, Node, ResultValue, Value } from '../../src/trace/graph.ts';
import { drawing, expectClose, type Given, runByHand } from './plainRun.ts';

const lowerings = { ...elementwiseLowerings, ...arrangeLowerings };
const input = (name: string, shape: readonly number[]): InputValue => ({
  kind: 'input',
  name,
  shape,
  dtype: 'float32',
});
const result = (name: string, shape: readonly number[]): ResultValue => ({
  kind: 'result',
  name,
  shape,
  dtype: 'float32',
});
const node = (op: string, inputs: Node['inputs'], output: ResultValue, attrs: Node['attrs'] = {}): Node => ({
  op,
  inputs,
  attrs,
  outputs: [output],
  place: '',
});
const graph = (inputs: readonly InputValue[], nodes: readonly Node[], outputs: readonly Value[]): Graph => ({
  inputs: new Map(inputs.map((value) => [value.name, value])),
  nodes,
  outputs: new Map(outputs.map((value) => [value.name, value])),
});

/** Both graphs, over the same numbers: the same to some roundings, and the names of what ran fused. */
function same(before: Graph, after: Graph, layout: 'plain' | 'blocked'): readonly string[] {
  const { floats } = drawing('fused', layout);
  const given = new Map<Value, Given>(
    [...before.inputs.values()].map((value) => [
      value,
      floats(value.shape, 1, value.shape.length === 4 ? layout : 'plain'),
    ]),
  );
  const [wanted] = runByHand(lowerings, before.nodes, given);
  const runs = runByHand(lowerings, after.nodes, given, 2);
  for (const { made, build } of runs) expectClose(made[0] ?? [], wanted?.made[0] ?? [], 1e-6, build);
  return runs[0]?.commands.map(({ name }) => name) ?? [];
}

describe('elementwise kernels', () => {
  const shape = [2, 3, 5, 9];
  const [x, y, v, w] = [input('x', shape), input('y', shape), input('v', [9]), input('w', [2])];
  const [a, b, s, c, d] = [
    result('a', shape),
    result('b', shape),
    result('s', shape),
    result('c', shape),
    result('d', shape),
  ];

  it.each(['plain', 'blocked'] as const)(
    'become one pass over %s maps where nobody else reads what is between',
    (layout) => {
      const before = graph(
        [x, y, v, w],
        [
          node('PyramidionWeightedSum', [x, y, w], a),
          node('Add', { a, b: v }, b),
          node('Sigmoid', { x: b }, s),
          node('Multiply', { a: b, b: s }, c), // b is read twice, both times inside
          node('Relu6', { x: c }, d),
        ],
        [d],
      );
      const after = fuseChains(before);
      expect(after.nodes.map(({ op }) => op)).toEqual(['EngineChain']);
      expect(same(before, after, layout).filter((name) => name !== 'pad vector' && name !== 'to plain')).toEqual([
        'chain 5 ops',
      ]);
    },
  );
  it('stay apart where another reads what is between, or its shape is another', () => {
    const small = result('small', [9]);
    const before = graph(
      [x, v],
      [
        node('Relu', { x: v }, small),
        node('Add', { a: x, b: small }, a),
        node('Exp', { x: a }, b),
        node('Tanh', { x: b }, c),
      ],
      [a, c],
    );
    const after = fuseChains(before);
    expect(after.nodes.map(({ op }) => op)).toEqual(['Relu', 'Add', 'EngineChain']);
    same(before, after, 'blocked');
  });
});

describe('heads', () => {
  it('go from blocked maps straight to their places in a concatenation', () => {
    const [p, q] = [input('p', [2, 4, 3, 18]), input('q', [2, 2, 2, 18])];
    const [p2, q2, all] = [result('p2', [2, 36, 6]), result('q2', [2, 12, 6]), result('all', [2, 48, 6])];
    const before = graph(
      [p, q],
      [
        node('Reshape', { x: p }, p2, { shape: [2, 36, 6] }),
        node('Reshape', { x: q }, q2, { shape: [2, 12, 6] }),
        node('Concat', [p2, q2], all, { axis: 1 }),
      ],
      [all],
    );
    const after = fuseReshapedConcat(before);
    expect(after.nodes.map(({ op }) => op)).toEqual(['EngineConcat']);
    expect(same(before, after, 'blocked')).toEqual(['concat', 'concat']);
    expect(same(before, after, 'plain')).toEqual(['concat', 'concat']);
  });
});
