import { describe, expect, it } from 'vitest';
import { fuseResidual } from '../../src/engine/fuse/residual.ts';
import type { Graph, Node, ResultValue, Value } from '../../src/trace/graph.ts';

const value = (name: string, shape: readonly number[] = [1, 4, 4, 8]): ResultValue => ({
  kind: 'result',
  name,
  shape,
  dtype: 'float32',
});
const node = (
  op: string,
  inputs: { readonly [name: string]: Value },
  y: ResultValue,
  attrs: Node['attrs'] = {},
): Node => ({
  op,
  inputs,
  attrs,
  outputs: [y],
  place: op,
});
const filter = value('filter', [1, 1, 8, 8]);
const [x, made, sum, end] = [value('x'), value('made'), value('sum'), value('end')];
const convolution = (activation: string) =>
  node('FusedConv2D', { x, filter }, made, { activation, strides: 1, pad: 'same' });
const graph = (nodes: readonly Node[], ...outputs: readonly Value[]): Graph => ({
  inputs: new Map(),
  nodes,
  outputs: new Map(outputs.map((one) => [one.name, one])),
});
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op);

describe('fuseResidual', () => {
  it('joins a convolution, the sum with a map of its shape on either side, and the activation of the sum', () => {
    for (const inputs of [
      { a: x, b: made },
      { a: made, b: x },
    ]) {
      const nodes = [convolution('linear'), node('Add', inputs, sum), node('Relu', { x: sum }, end)];
      const fused = fuseResidual(graph(nodes, end));
      expect(fused.nodes).toEqual([
        {
          op: 'EngineConv2D',
          inputs: { x, filter, residual: x },
          attrs: { activation: 'relu', strides: 1, pad: 'same' },
          outputs: [end],
          place: 'FusedConv2D',
        },
      ]);
    }
  });

  it('keeps the sum linear where others read it', () => {
    const nodes = [convolution('linear'), node('Add', { a: x, b: made }, sum), node('Relu', { x: sum }, end)];
    const fused = fuseResidual(graph(nodes, end, sum));
    expect(ops(fused)).toEqual(['EngineConv2D', 'Relu']);
    expect(fused.nodes[0]?.attrs.activation).toBe('linear');
  });

  it('joins one of two convolutions that are added', () => {
    const other = value('other');
    const nodes = [
      convolution('linear'),
      node('Conv2D', { x, filter }, other, { strides: 1, pad: 'same' }),
      node('Add', { a: made, b: other }, sum),
    ];
    const fused = fuseResidual(graph(nodes, sum));
    expect(ops(fused)).toEqual(['FusedConv2D', 'EngineConv2D']);
    expect(fused.nodes[1]?.inputs).toEqual({ x, filter, residual: made });
  });

  it('leaves convolutions that activate, whose map others read, or whose sum stretches a side', () => {
    const add = node('Add', { a: x, b: made }, sum);
    const row = value('row', [1, 1, 4, 8]);
    for (const one of [
      graph([convolution('relu'), add], sum),
      graph([convolution('linear'), add], sum, made),
      graph([convolution('linear'), node('Add', { a: row, b: made }, sum)], sum),
      graph([convolution('linear'), node('Add', { a: made, b: made }, sum)], sum),
    ])
      expect(fuseResidual(one)).toBe(one);
  });
});
