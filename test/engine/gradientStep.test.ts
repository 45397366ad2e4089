import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { fill, setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Weight } from '../../src/core/weight.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { compile } from '../../src/trace/compile.ts';
import { type Optimizer, type Slots, sgd } from '../../src/train/optimizer.ts';
import { adamW } from '../../src/train/optimizerAdam.ts';
import { problem } from './stepProblem.ts';

let engines: { one: WasmEngine; two: WasmEngine } | undefined;
beforeAll(async () => {
  await useBackend('wasm');
  engines = { one: await wasmEngine({ threads: 1 }), two: await wasmEngine({ threads: 2 }) };
});
afterAll(() => {
  engines?.one.dispose();
  engines?.two.dispose();
});

/** The step on an engine; that it does not run there fails the test. */
function fast({ model, step }: ReturnType<typeof problem>, on: 'one' | 'two' = 'one') {
  const onFallback = (reason: string) => expect.fail(reason);
  const target = engines?.[on];
  if (target === undefined) throw new Error('no engine');
  return compile(step, { root: model, target, onFallback });
}

const numbers = (of: Tensor) => of.dataSync<'float32'>();
const largest = (of: Iterable<number>) => Array.from(of).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
const apart = (a: Float32Array, b: Float32Array) => largest(a.map((x, i) => x - (b[i] ?? Number.NaN)));
const slotsOf = (slots: ReadonlyMap<Weight, Slots>) =>
  [...slots].flatMap(([weight, own]) =>
    Object.entries(own).map(([name, value]) => [`${weight.place} ${name}`, value] as const),
  );

describe('a training step on the engine', () => {
  it('has the plain ops’ loss, gradients and statistics', async () => {
    const given = problem(sgd({ momentum: 0.9 })); // the first velocity is the gradient
    const made = fast(given)(given.inputs);
    await setBackend('cpu'); // whose sums are of float64
    const plain = given.step(given.inputs);
    const [loss = 0] = numbers(plain.loss.total);
    expect(numbers(made.loss.total)[0]).toBeCloseTo(loss, 4);
    const gradients = slotsOf(plain.slots);
    const most = Math.max(...gradients.map(([, value]) => largest(numbers(value))));
    const own = new Map(slotsOf(made.slots));
    for (const [name, value] of gradients) {
      const wanted = numbers(value);
      const off = apart(wanted, numbers(own.get(name) ?? fill([1], Number.NaN)));
      // What a batch norm cancels has gradient 0: absolutely, then.
      expect(off, name).toBeLessThan(1e-4 * largest(wanted) + 1e-6 * most);
    }
    expect(made.statistics.size).toBe(plain.statistics.size);
    for (const [weight, value] of plain.statistics) {
      const off = apart(numbers(value), numbers(made.statistics.get(weight) ?? fill([1], Number.NaN)));
      expect(off, weight.place).toBeLessThan(1e-5 * largest(numbers(value)) + 1e-7);
    }
    expect(made.unreached).toEqual(plain.unreached);
    await setBackend('wasm');
  });

  it('gives the same bits on every run and with any number of threads', () => {
    const given = problem(adamW({ weightDecay: 0.01 }), { clipNorm: 10 });
    const [one, two] = [fast(given), fast(given, 'two')];
    const bits = ({ slots, weights: moved, statistics }: ReturnType<typeof one>) =>
      [...slotsOf(slots).map(([, value]) => value), ...moved.values(), ...statistics.values()].map((value) => {
        const held = numbers(value);
        return Array.from(new Int32Array(held.buffer, held.byteOffset, held.length));
      });
    const first = bits(one(given.inputs));
    expect(bits(one(given.inputs))).toEqual(first);
    expect(bits(two(given.inputs))).toEqual(first);
  });

  // Larger steps of SGD multiply any rounding by ten every ten steps, whichever kernels run.
  it.each<[number, string, Optimizer, { rate?: number; clipNorm?: number }]>([
    [50, 'SGD', sgd({ momentum: 0.9, weightDecay: 1e-4 }), { rate: 3e-5, clipNorm: 10 }],
    [15, 'AdamW', adamW({ weightDecay: 0.01 }), { rate: 3e-5 }],
  ])(
    'follows the plain ops over %i steps of %s',
    (steps, _, optimizer, options) => {
      const given = problem(optimizer, options);
      const losses = [given.step, fast(given)].map((step) => {
        let { weights: now, slots } = given.inputs;
        return Array.from({ length: steps }, () => {
          const made = step({ ...given.inputs, weights: now, slots });
          now = new Map([...now, ...made.weights]);
          slots = new Map([...slots, ...made.slots]);
          return numbers(made.loss.total)[0] ?? Number.NaN;
        });
      });
      const [plain = [], own = []] = losses;
      expect(plain.at(-1)).toBeLessThan(0.95 * (plain[0] ?? 0)); // it learns
      for (const [i, loss] of plain.entries())
        expect(Math.abs((own[i] ?? 9) - loss), `step ${i}`).toBeLessThan(1e-3 * loss);
    },
    60_000,
  );
});
