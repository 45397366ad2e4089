import { expect, it } from 'vitest';
import { liveIn } from '../../src/engine/memory/live.ts';
import { freeingEarly } from '../../src/engine/memory/order.ts';
import type { Graph, Value } from '../../src/trace/graph.ts';
import { graphOf, input, make, namesIn } from './smallGraph.ts';

const kb = 2 ** 14;
const none = { over: new Map<Value, Value>(), first: new Set<Value>() };
const live = (graph: Graph) => liveIn(graph, () => false);

/** Two weights, their gradients one after the other, then both updates. */
function step() {
  const [w, v, x] = [input('w', kb), input('v', kb), input('x', kb)];
  const loss = make('Sum', 'loss', 4, x);
  const dv = make('Conv', 'dv', kb, x, v);
  const back = make('Conv', 'back', kb, x, v, w);
  const dw = make('Conv', 'dw', kb, back.made, x);
  const late = make('Conv', 'late', kb, dw.made, x);
  const moved = make('Sub', 'moved', kb, dw.made, late.made);
  const newV = make('Sub', 'new v', kb, v, dv.made);
  const newW = make('Sub', 'new w', kb, w, moved.made);
  const graph = graphOf([w, v, x], [loss, dv, back, dw, late, moved, newV, newW], {
    loss: loss.made,
    v: newV.made,
    w: newW.made,
  });
  return { graph, w, v, newV: newV.made, newW: newW.made, loss: loss.made };
}

it('brings an update forward to its gradient, which is freed', () => {
  const { graph } = step();
  const early = freeingEarly(graph, live(graph), none);
  expect(namesIn(early).indexOf('new v')).toBe(namesIn(early).indexOf('dv') + 1);
  expect(live(early).peak).toBe(live(graph).peak - kb); // dv is not there beside back, dw and late
});

it('lets what is written over be read before', () => {
  const { graph, v, newV } = step();
  const early = namesIn(freeingEarly(graph, live(graph), { ...none, over: new Map([[newV, v]]) }));
  expect(early.indexOf('new v')).toBe(early.indexOf('back') + 1); // its last reader
});

it('writes nothing over before what must be there first', () => {
  const { graph, v, newV, w, newW } = step();
  const last = make('Sum', 'check', 4, newW);
  const later = { ...graph, nodes: [...graph.nodes.slice(1), ...graph.nodes.slice(0, 1), last.node] }; // the loss comes late
  const first = new Set(graph.nodes[0]?.outputs);
  const early = namesIn(
    freeingEarly(later, live(later), {
      over: new Map([
        [newV, v],
        [newW, w],
      ]),
      first,
    }),
  );
  expect(early.slice().sort()).toEqual(namesIn(later).slice().sort());
  for (const name of ['new v', 'new w']) expect(early.indexOf(name)).toBeGreaterThan(early.indexOf('loss'));
});

it('keeps every node after what it reads, whatever it brings forward', () => {
  const { graph } = step();
  const seen = new Set<Value>(graph.inputs.values());
  for (const { inputs, outputs } of freeingEarly(graph, live(graph), none).nodes) {
    for (const value of Object.values<Value>(inputs)) expect(seen).toContain(value);
    for (const value of outputs) seen.add(value);
  }
});
