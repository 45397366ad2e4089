import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Recompute } from '../../src/engine/memory/arrange.ts';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { formOf } from '../../src/trace/callForm.ts';
import { compile } from '../../src/trace/compile.ts';
import { lower } from '../../src/trace/lower.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { recordCall } from '../../src/trace/recordCall.ts';
import { adamW } from '../../src/train/optimizerAdam.ts';
import { problem } from './stepProblem.ts';

type Step = ReturnType<typeof problem>['step'];
type Made = ReturnType<Step>;

const bits = (of: Tensor) => {
  const held = of.dataSync<'float32'>();
  return Array.from(new Int32Array(held.buffer, held.byteOffset, held.length));
};
const allBits = ({ loss, weights, slots, statistics }: Made) =>
  [
    ...Object.values(loss),
    ...weights.values(),
    ...statistics.values(),
    ...[...slots.values()].flatMap((own) => Object.values(own)),
  ].map(bits);

describe('a step whose forward pass is computed again where gradients need it', () => {
  let given: ReturnType<typeof problem>;
  beforeAll(async () => {
    await useBackend('wasm');
    given = problem(adamW({ weightDecay: 0.01 }), { clipNorm: 10 });
  });

  /** Bytes of the arena, and every bit of two steps: the second one on what the first has donated. */
  const run = async (recompute: Recompute, maxBytes?: number) => {
    const target = await wasmEngine({ threads: 1, recompute, ...(maxBytes ? { maxBytes } : {}) });
    const call = given.step as unknown as (...args: readonly unknown[]) => unknown;
    const { graph } = recordCall(call, formOf([given.inputs], 'test'), { label: 'test', root: given.model });
    const { planned } = target.prepare(lower(simplify(graph), target.keeps));
    const donate = { inputs: ['weights', 'slots'], ifFinite: ['loss'] };
    const step = compile(given.step, { root: given.model, target, donate, onFallback: expect.fail });
    const first = step(given.inputs);
    const before = allBits(first);
    const second = step({ ...given.inputs, weights: first.weights, slots: first.slots });
    target.dispose();
    return { planned, bits: [before, allBits(second)] };
  };

  it('has the same bits, and needs fewer bytes the more of it is', async () => {
    const none = await run('none');
    const auto = await run('auto');
    const all = await run('all');
    expect(auto.bits).toEqual(none.bits);
    expect(all.bits).toEqual(none.bits);
    expect(auto.planned.arena).toBeLessThan(0.7 * none.planned.arena);
    expect(all.planned.arena).toBeLessThan(0.9 * auto.planned.arena);
  }, 60_000);

  it('is computed again in stretches where it would not fit otherwise', async () => {
    const [auto, all] = [await run('auto'), await run('all')];
    const { arena, ...others } = auto.planned;
    const rest = Object.values(others).reduce((a, b) => a + b, 0);
    const room = rest + 0.5 * (arena + all.planned.arena) + 8192; // below are the numbers of kernels
    const tight = await run('auto', room);
    expect(tight.planned.arena).toBeLessThan(arena);
    expect(tight.bits).toEqual(auto.bits);
  }, 60_000);

  it('does not fit anywhere: the error says what does, and nothing is taken', async () => {
    await expect(run('auto', 2 ** 20)).rejects.toThrow(
      /^engine: it would take \d+ MB \(.*\), and 1 MB is the most; nothing was taken\./,
    );
  });
});
