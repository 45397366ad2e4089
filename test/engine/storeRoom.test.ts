import type { Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { sequence } from '../../src/block/sequence.ts';
import { convert } from '../../src/engine/lower/layouts.ts';
import { lowerings } from '../../src/engine/lower/lowerings.ts';
import { planGraph } from '../../src/engine/plan/planner.ts';
import { heapOver } from '../../src/engine/run/heap.ts';
import { engineInstance, engineModule } from '../../src/engine/run/module.ts';
import { prepared } from '../../src/engine/run/prepared.ts';
import { storeIn } from '../../src/engine/run/store.ts';
import { simplify } from '../../src/trace/optimize.ts';
import type { HostTensor, ReadWeight } from '../../src/trace/target.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { mapOf } from '../trace/numbers.ts';
import { filled } from './filled.ts';

const shape = [1, 40, 40, 8] as const;
let module: WebAssembly.Module;
beforeAll(async () => {
  await use('cpu');
  module = await engineModule('plain', { shared: false });
});

/** A plan over a memory of so many pages at most. */
function over(graph: ReturnType<typeof trace>, maximum: number) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum });
  const kernels = engineInstance(module, memory);
  kernels.init();
  const heap = heapOver(memory, 8192);
  const arena = { at: 0, bytes: 0 };
  const arenaFor = (bytes: number) => {
    if (bytes > arena.bytes) [arena.at, arena.bytes] = [heap.take(bytes, 'the arena'), bytes];
    return arena.at;
  };
  const run = (at: number, count: number) => kernels.run(at, count, 0, 1);
  const store = storeIn(heap, { arena: arenaFor, run });
  const plan = planGraph(simplify(graph), { lowerings, convert, threads: 1 });
  return { heap, arena, plan: prepared(plan, { heap, store, arena: arenaFor, run }) };
}

it('takes all or nothing: with any amount of memory a plan runs, or says what is missing and has only the arena', () => {
  const model = sequence(conv({ filters: 32, kernel: 3, norm: {} }), conv({ filters: 8, kernel: 1 }));
  const x = mapOf([...shape]);
  model(x).dispose();
  filled(model);
  const wanted = model(x).dataSync();
  const graph = trace((of: Tensor4D) => model(of), shape);
  const given: HostTensor = { numbers: x.dataSync(), shape, dtype: 'float32' };
  const weights: ReadWeight = ({ weight }) => {
    const read = weight.read();
    return { stamp: read.dataId, numbers: () => ({ numbers: read.dataSync(), shape: read.shape, dtype: 'float32' }) };
  };
  const outcomes = new Set<string>();
  for (let pages = 1; pages <= 24; pages++) {
    const { heap, arena, plan } = over(graph, pages);
    try {
      const [made] = plan.run([given], weights);
      const numbers = made?.read() ?? [];
      expect(Math.max(...wanted.map((n, i) => Math.abs(n - (numbers[i] ?? Number.NaN))))).toBeLessThan(1e-4);
      made?.dispose();
      outcomes.add('ran');
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).toMatch(/takes .* MB, and .* are taken already/);
      outcomes.add(/engine: (.*) takes/.exec(String(error))?.[1]?.split(' ')[0] ?? '');
      expect(heap.used(), `${pages} pages: ${error}`).toBe(arena.bytes);
      continue;
    }
    plan.dispose();
    expect(heap.used()).toBe(arena.bytes);
  }
  expect(outcomes).toContain('ran');
  expect(outcomes.size).toBeGreaterThanOrEqual(3); // it ran, and at least two things found no room
});
