import { describe, expect, it } from 'vitest';
import { isCheap } from '../../src/engine/memory/cheap.ts';
import { liveIn } from '../../src/engine/memory/live.ts';
import { chooseAgain, recomputed } from '../../src/engine/memory/recompute.ts';
import { segmentsOf } from '../../src/engine/memory/segments.ts';
import type { Graph, Value } from '../../src/trace/graph.ts';
import { graphOf, input, make, namesIn } from './smallGraph.ts';

const kb = 2 ** 14;
const live = (graph: Graph) => liveIn(graph, () => false);
const names = (values: Iterable<Value>) => [...values].map(({ name }) => name).sort();

/** Layers of a costly node and a cheap one; then, from the last on, what reads both. */
function layers(count: number) {
  const x = input('x', kb);
  let last: Value = x;
  const forward: ReturnType<typeof make>[] = [];
  for (let i = 0; i < count; i++) {
    const z = make('Conv', `z${i}`, kb, last);
    const a = make('Relu', `a${i}`, kb, z.made);
    forward.push(z, a);
    last = a.made;
  }
  const back: ReturnType<typeof make>[] = [];
  for (let i = count - 1; i >= 0; i--) {
    const [z, a] = [forward[2 * i]?.made ?? x, forward[2 * i + 1]?.made ?? x];
    const d = make('ConvGrad', `d${i}`, kb, last, z, a);
    back.push(d);
    last = d.made;
  }
  return graphOf([x], [...forward, ...back], { y: last });
}

describe('what is made again', () => {
  it('is what is cheap and made of what is kept anyway', () => {
    const graph = layers(4);
    const { at } = live(graph);
    const chosen = chooseAgain(graph, live(graph), at, { may: isCheap });
    expect(names(chosen)).toEqual(['a0', 'a1', 'a2']); // a3 is read at once
    const again = recomputed(graph, chosen, at);
    expect(namesIn(again).slice(at + 1)).toEqual(['a2 again', 'd2', 'a1 again', 'd1', 'a0 again', 'd0']);
    expect(live(again).peak).toBeLessThan(live(graph).peak - 2 * kb);
    expect(again.nodes.slice(0, at + 1)).toEqual(graph.nodes.slice(0, at + 1));
  });

  it('is not what takes more bytes to be made of', () => {
    const [x, y] = [input('x', kb), input('y', kb)];
    const [p, q] = [make('Conv', 'p', kb, x), make('Conv', 'q', kb, y)];
    const sum = make('Add', 'sum', kb, p.made, q.made); // of two that nobody keeps
    const wide = make('Conv', 'wide', 8 * kb, sum.made);
    const end = make('Conv', 'end', kb, wide.made);
    const late = make('ConvGrad', 'late', kb, end.made, sum.made);
    const graph = graphOf([x, y], [p, q, sum, wide, end, late], { late: late.made });
    expect(names(chooseAgain(graph, live(graph), 3, { may: isCheap }))).toEqual([]);
    expect(names(chooseAgain(graph, live(graph), 3, { may: isCheap, needed: [p.made, q.made] }))).toEqual(['sum']);
  });

  it('is made of what is made again', () => {
    const x = input('x', kb);
    const z = make('Conv', 'z', kb, x);
    const a = make('Relu', 'a', kb, z.made);
    const b = make('Square', 'b', kb, a.made);
    const wide = make('Conv', 'wide', 8 * kb, b.made);
    const end = make('Conv', 'end', kb, wide.made);
    const late = make('ConvGrad', 'late', kb, end.made, b.made, z.made);
    const graph = graphOf([x], [z, a, b, wide, end, late], { late: late.made });
    const chosen = chooseAgain(graph, live(graph), 3, { may: isCheap });
    const again = recomputed(graph, chosen, 3);
    expect(namesIn(again)).toEqual(['z', 'a', 'b', 'wide', 'end', 'a again', 'b again', 'late']);
    const copies = again.nodes.slice(5, 7);
    expect(Object.values<Value>(copies[0]?.inputs ?? [])).toEqual([z.made]);
    expect(Object.values<Value>(copies[1]?.inputs ?? [])).toEqual(copies[0]?.outputs);
  });

  it('is batch norm over the statistics that it had the first time', () => {
    const x = { ...make('Conv', 'x', kb, input('i', kb)) };
    const [scale, offset] = [input('scale', 4), input('offset', 4)];
    const y = make('PyramidionBatchNormTraining', 'y', kb, x.made);
    const [mean, variance] = [make('Sum', 'mean', 4, x.made).made, make('Sum', 'variance', 4, x.made).made];
    const norm = {
      ...y.node,
      inputs: { x: x.made, scale, offset },
      attrs: { epsilon: 1e-3, activation: 'swish' },
      outputs: [y.made, mean, variance],
    };
    const wide = make('Conv', 'wide', 8 * kb, y.made);
    const end = make('Conv', 'end', kb, wide.made);
    const late = make('ConvGrad', 'late', kb, end.made, y.made, x.made);
    const graph = graphOf([scale, offset], [x, { node: norm }, wide, end, late], { late: late.made, mean });
    const again = recomputed(graph, chooseAgain(graph, live(graph), 2, { may: isCheap }), 2);
    const copy = again.nodes.find(({ op }) => op === 'PyramidionBatchNormStored');
    expect(copy?.inputs).toEqual({ x: x.made, scale, offset, mean, variance });
    expect(copy?.attrs).toEqual(norm.attrs);
    expect(again.nodes.filter(({ op }) => op === norm.op)).toEqual([norm]); // statistics are taken once
  });
});

describe('stretches', () => {
  it('follow each other, take about as much each, and hand on what later ones read', () => {
    const graph = layers(12);
    const { at } = live(graph);
    const segments = segmentsOf(graph, live(graph), at, 4);
    expect(segments).toHaveLength(4);
    expect(segments.map(({ from }) => from)).toEqual([0, ...segments.slice(0, -1).map(({ to }) => to)]);
    expect(segments.at(-1)?.to).toBe(at + 1);
    for (const { bytes } of segments) expect(Math.abs(bytes - (24 * kb) / 4)).toBeLessThanOrEqual(2 * kb);
    for (const { kept } of segments.slice(0, -1)) expect(kept.size).toBeGreaterThan(0);
  });
});
