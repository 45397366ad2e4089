import { describe, expect, it } from 'vitest';
import { fuseNormGradients } from '../../src/engine/fuse/gradientNorm.ts';
import { splitSums } from '../../src/engine/fuse/gradientSum.ts';
import { lowerings } from '../../src/engine/lower/lowerings.ts';
import type { Graph, InputValue, Node, ResultValue, Value } from '../../src/trace/graph.ts';
import { drawing, expectClose, type Given, runByHand } from './plainRun.ts';

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
const node = (
  op: string,
  inputs: Node['inputs'],
  outputs: readonly ResultValue[],
  attrs: Node['attrs'] = {},
): Node => ({ op, inputs, attrs, outputs, place: '' });
const graphOf = (inputs: readonly InputValue[], nodes: readonly Node[], outputs: readonly Value[]): Graph => ({
  inputs: new Map(inputs.map((value) => [value.name, value])),
  nodes,
  outputs: new Map(outputs.map((value) => [value.name, value])),
});

/** What flows back through squeeze and excitation to a batch norm, and what else reads it. */
function squeezed(
  shape: readonly [number, number, number, number],
  { mean, stored, read = false }: { mean: boolean; stored: boolean; read?: boolean },
) {
  const [b, height, width, c] = shape;
  const [map, x] = [input('map', shape), input('x', shape)];
  const [scale, more] = [input('scale', [b, 1, 1, c]), input('more', [b, 1, 1, c])];
  const vectors = ['gamma', 'beta', 'mean', 'variance'].map((name) => input(name, [c]));
  const [gamma, beta, middle, variance] = vectors;
  if (!gamma || !beta || !middle || !variance) throw new Error('no vectors');
  const [scaled, spread, sum] = [result('scaled', shape), result('spread', shape), result('sum', shape)];
  const made = [result('dx', shape), result('dscale', [c]), result('doffset', [c])];
  const nodes = [
    node('PyramidionScaleChannels', { x: map, scale }, [scaled]),
    ...(mean
      ? [
          node('PyramidionSpatialMeanGrad', { dy: more }, [spread], { height, width }),
          node('Add', { a: scaled, b: spread }, [sum]),
        ]
      : []),
    node(
      `PyramidionBatchNorm${stored ? 'Stored' : 'Training'}Grad`,
      { dy: mean ? sum : scaled, x, scale: gamma, offset: beta, mean: middle, variance },
      made,
      { epsilon: 1e-3, activation: 'swish' },
    ),
  ];
  const inputs = [map, x, scale, more, ...vectors];
  return { inputs, graph: graphOf(inputs, nodes, read ? [...made, mean ? sum : scaled] : made) };
}

describe('the gradient of a batch norm before squeeze and excitation', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i))('is the same as one command, draw %i', (i) => {
    const { floats, pick, int } = drawing('squeezed', i);
    const shape = [pick(1, 2, 3), int(1, 9), int(1, 9), pick(1, 3, 8, 9, 17)] as const;
    const { inputs, graph } = squeezed(shape, { mean: i % 3 > 0, stored: i % 2 > 0 });
    const fused = fuseNormGradients(graph);
    expect(fused.nodes.map(({ op }) => op)).toEqual(['EngineNormGrad']);
    const given = new Map<Value, Given>(
      inputs.map((value) => [value, floats(value.shape, 3, value.shape.length === 4 ? 'blocked' : 'plain')]),
    );
    for (const [value, drawn] of given)
      if (value.name === 'variance')
        given.set(value, { ...drawn, numbers: Array.from(drawn.numbers, (n) => Math.abs(n) + 0.1) });
    const [apart, joined] = [graph, fused].map(({ nodes }) => runByHand(lowerings, nodes, given));
    for (const [build, { made }] of apart?.entries() ?? [])
      for (const [k, wanted] of made.entries())
        expectClose(joined?.[build]?.made[k] ?? [], wanted, 1e-5, `${build} ${k}`);
  });

  it('stays apart where someone else reads what flows back', () => {
    for (const mean of [true, false]) {
      const { graph } = squeezed([1, 2, 2, 8], { mean, stored: false, read: true });
      expect(fuseNormGradients(graph)).toBe(graph);
    }
  });
});

describe('a sum of many', () => {
  it('is made of sums that a chain can hold', () => {
    const terms = Array.from({ length: 200 }, (_, i) => input(`x${i}`, []));
    const sum = result('sum', []);
    const split = splitSums(graphOf(terms, [node('AddN', terms, [sum])], [sum]));
    expect(Math.max(...split.nodes.map(({ inputs }) => Object.keys(inputs).length))).toBeLessThanOrEqual(12);
    const given = new Map<Value, Given>(
      terms.map((value, i) => [value, { shape: [], dtype: 'float32', numbers: [i] }]),
    );
    for (const { made } of runByHand(lowerings, split.nodes, given)) expect(made[0]?.[0]).toBe(19_900); // 199 * 200 / 2
  });

  it('is left as it is where it is short', () => {
    const terms = [input('a', []), input('b', [])];
    const sum = result('sum', []);
    const graph = graphOf(terms, [node('AddN', terms, [sum])], [sum]);
    expect(splitSums(graph)).toBe(graph);
  });
});
