import { describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { keyedRandom } from '../../src/core/random.ts';
import { fusions } from '../../src/engine/fuse/fusions.ts';
import { convert } from '../../src/engine/lower/layouts.ts';
import { lowerings } from '../../src/engine/lower/lowerings.ts';
import { type Arena, aligned } from '../../src/engine/plan/arena.ts';
import type { Buffer } from '../../src/engine/plan/emit.ts';
import { planGraph } from '../../src/engine/plan/planner.ts';
import { arenaOf, buffersOf, type Section, section } from '../../src/engine/plan/section.ts';
import { efficientDetD0 } from '../../src/model/efficientDetSizes.ts';
import { fuseSwish } from '../../src/trace/fuseSwish.ts';
import type { Graph } from '../../src/trace/graph.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';

/** Commands at which a buffer is needed, from the first to the last. */
function spansOf({ steps, buffers, given, taken }: Section): ReadonlyMap<Buffer, readonly [number, number]> {
  const spans = new Map<Buffer, [number, number]>();
  for (const { buffer } of given.values()) spans.set(buffer, [-1, -1]);
  for (const [i, step] of steps.entries())
    for (const buffer of buffersOf(step)) spans.set(buffer, [spans.get(buffer)?.[0] ?? i, i]);
  for (const buffer of taken) spans.set(buffer, [spans.get(buffer)?.[0] ?? 0, steps.length]);
  return new Map([...spans].filter(([buffer]) => buffers.has(buffer)));
}

/** Holds that no two buffers that are needed at once overlap, and gives the most bytes that are needed at once. */
function holdApart(made: Section, { offsets, bytes }: Arena): number {
  const spans = [...spansOf(made)].map(([buffer, [first, last]]) => {
    const from = offsets.get(buffer) ?? Number.NaN;
    expect(from % 64).toBe(0);
    expect(from + buffer.bytes).toBeLessThanOrEqual(bytes);
    return { first, last, from, to: from + buffer.bytes };
  });
  for (const [i, a] of spans.entries())
    for (const b of spans.slice(i + 1))
      if (a.first <= b.last && b.first <= a.last && a.from < b.to && b.from < a.to)
        expect.fail(`${JSON.stringify(a)} and ${JSON.stringify(b)} overlap`);
  const at = (command: number) =>
    spans.reduce((sum, s) => (s.first <= command && command <= s.last ? sum + aligned(s.to - s.from) : sum), 0);
  return Math.max(...made.steps.map((_, i) => at(i)));
}

describe('the arena', () => {
  it.each(Array.from({ length: 30 }, (_, draw) => draw))('keeps apart what is needed at once, draw %i', (draw) => {
    const random = keyedRandom('arena', draw);
    const int = (most: number) => Math.floor(random() * most);
    const made = section();
    const buffers = Array.from({ length: 2 + int(40) }, (_, i): Buffer => ({ bytes: 1 + int(5000), name: `${i}` }));
    for (const buffer of buffers) made.buffers.add(buffer);
    for (let i = 0; i < 60; i++) {
      const words = Array.from({ length: 1 + int(4) }, () => ({
        buffer: buffers[int(buffers.length)] ?? { bytes: 0, name: 'none' },
        offset: 0,
      }));
      made.steps.push({ code: 1, name: 'use', words, place: '', shape: undefined });
    }
    const [used] = made.steps.flatMap(buffersOf);
    if (used) made.taken.add(used);
    holdApart(made, arenaOf(made));
  });

  const planOf = (graph: Graph, threads: number) =>
    planGraph(
      [fuseSwish, ...fusions].reduce((now, pass) => pass(now), simplify(graph)),
      { lowerings, convert, threads },
    );
  it.each([
    { name: 'B0 at 224', graph: () => trace(efficientNetB0(), [1, 224, 224, 3]), most: 1.2 },
    {
      name: 'EfficientDet D0', // where the largest first would need a sixth more
      graph: () => trace(efficientDetD0({ labels: ['person'] }), [1, 512, 512, 3]),
      most: 1.01,
    },
    ...Object.entries(ladder).map(([name, make]) => ({
      name: `the rung ${name}`,
      graph: () => trace(make(small([256, 384])), [2, 256, 384, 3]),
      most: 1.15,
    })),
  ])('of $name is apart too, and hardly larger than what is needed at once', ({ graph, most }) => {
    for (const threads of [1, 3]) {
      const { main, arena, standing } = planOf(graph(), threads);
      const needed = holdApart(main, arena);
      expect(arena.bytes / needed).toBeLessThan(most);
      for (const one of standing) holdApart(one.section, one.arena);
    }
  });
});
