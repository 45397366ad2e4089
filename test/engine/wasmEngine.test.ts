import {
  add,
  mean,
  mul,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { fastestBuild } from '../../src/engine/run/module.ts';
import { sharedEngine } from '../../src/engine/sharedEngine.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { compile } from '../../src/trace/compile.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';
import { mapOf } from '../trace/numbers.ts';
import { buildsHere, filled } from './filled.ts';

let engine: WasmEngine;
beforeAll(() => use('cpu'));
beforeEach(async () => {
  engine = await wasmEngine({ threads: 1 });
});

describe('wasmEngine', () => {
  it('runs a function as it is', () => {
    const fn = (x: Tensor2D, y: Tensor2D) => tidy(() => relu(add(mul(x, y), x)));
    const fast = compile(fn, { target: engine });
    const [x, y] = [tensor2d([1, -2, 3, 4], [2, 2]), tensor2d([2, 2, -3, 1], [2, 2])];
    expect([...fast(x, y).dataSync()]).toEqual([...fn(x, y).dataSync()]);
  });

  it('takes the fastest build, or the one that it is told to', async () => {
    expect(engine.build).toBe(fastestBuild());
    for (const build of buildsHere) expect((await wasmEngine({ build, threads: 1 })).build).toBe(build);
  });

  it.skipIf(fastestBuild() === 'wide')('says what a build that this runtime does not take needs', async () => {
    await expect(wasmEngine({ build: 'wide', threads: 1 })).rejects.toThrow(/256 bits need Node 24 on x64/);
  });

  it('is one for everybody who asks for the shared one', async () => {
    expect(await sharedEngine()).toBe(await sharedEngine());
  });

  it('says its bytes before it takes any', () => {
    const model = ssdVgg({ width: 0.125 });
    const [small, large] = [64, 128].map((side) => engine.prepare(simplify(trace(model, [1, side, side, 3]))));
    expect(engine.memory().used).toBe(0);
    expect(small?.planned.weights).toBeGreaterThan(1e6); // a million weights
    expect(large?.planned.arena).toBeGreaterThan(small?.planned.arena ?? 0);
  });
});

describe('a call', () => {
  const half = (x: Tensor) => tidy(() => mul(x, 0.5));

  it('with another shape or type is another plan', () => {
    const fast = compile((x: Tensor) => tidy(() => add(x, x)), { target: engine });
    expect([...fast(tensor1d([1, 2])).dataSync()]).toEqual([2, 4]);
    expect([...fast(tensor1d([1, 2, 3])).dataSync()]).toEqual([2, 4, 6]);
    const whole = fast(tensor1d([1, 2], 'int32'));
    expect([whole.dtype, ...whole.dataSync()]).toEqual(['int32', 2, 4]);
    expect(fast.graphs()).toHaveLength(3);
  });

  it('of a prepared graph with a wrong shape, type or amount of numbers says what is wanted and what was given', () => {
    const prepared = engine.prepare(simplify(trace((x: Tensor) => half(x), [2, 2])));
    const weights = () => {
      throw new Error('it has no weights');
    };
    const run = (numbers: Float32Array | Int32Array, shape: number[], dtype: 'float32' | 'int32') => () =>
      prepared.run([{ numbers, shape, dtype }], weights);
    expect(run(new Float32Array(6), [2, 3], 'float32')).toThrow('must be float32 [2,2], but float32 [2,3] was given');
    expect(run(new Int32Array(4), [2, 2], 'int32')).toThrow('must be float32 [2,2], but int32 [2,2] was given');
    expect(run(new Float32Array(3), [2, 2], 'float32')).toThrow('is [2,2], 4 numbers, but 3 were given');
    expect(() => prepared.run([], weights)).toThrow('must be float32 [2,2], but nothing was given');
    expect(run(new Float32Array(4), [2, 2], 'float32')()[0]?.read()).toEqual(new Float32Array(4));
  });

  it('of a function that reads numbers says the line, and the engine stays usable', () => {
    const reads = compile((x: Tensor1D) => tidy(() => mul(x, mean(x).dataSync()[0] ?? 0)), { target: engine });
    expect(() => reads(tensor1d([1, 2]))).toThrow(/wasmEngine\.test\.ts:\d+/);
    expect([...compile(half, { target: engine })(tensor1d([1, 2])).dataSync()]).toEqual([0.5, 1]);
  });

  it('that needs more than 4 GiB says how much, takes nothing, and the engine stays usable', () => {
    const outer = compile((x: Tensor2D, y: Tensor2D) => tidy(() => mean(relu(add(x, y)))), { target: engine });
    const side = 40_000; // 40,000 * 40,000 * 4 bytes = 6104 MB
    const [x, y] = [tensor2d(new Float32Array(side), [side, 1]), tensor2d(new Float32Array(side), [1, side])];
    const before = engine.memory();
    expect(() => outer(x, y)).toThrow(
      /it would take 6400 MB .* 4295 MB is the most; nothing was taken\. Give it less at once/,
    );
    expect(engine.memory()).toEqual(before);
    expect([...compile(half, { target: engine })(tensor1d([1, 2])).dataSync()]).toEqual([0.5, 1]);
    expect(outer(tensor2d([1, 2], [2, 1]), tensor2d([3], [1, 1])).dataSync()[0]).toBe(4.5);
  });
});

describe('NaN and infinity', () => {
  /** NaN is NaN, infinity is infinity, finite numbers are within a part of the largest. */
  function expectAlike(wanted: Tensor, made: Tensor, name: string) {
    const [a, b] = [wanted.dataSync<'float32'>(), made.dataSync<'float32'>()];
    const largest = a.reduce((most, n) => (Number.isFinite(n) ? Math.max(most, Math.abs(n)) : most), 0);
    const wrong = [...a].filter((n, i) => {
      const m = b[i] ?? 0;
      return Number.isFinite(n) ? !(Math.abs(n - m) <= 1e-5 * largest) : !Object.is(n, m);
    });
    expect(wrong.length, `${name}: ${wrong.length} of ${a.length} differ, such as ${wrong[0]}`).toBe(0);
  }

  it.each(
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((odd) =>
      buildsHere.flatMap((build) =>
        [
          { name: 'B0', make: () => efficientNetB0(), side: 33 },
          { name: 'ssdVgg', make: () => ssdVgg({ width: 0.125 }), side: 65 },
        ].map((model) => ({ odd, build, ...model })),
      ),
    ),
  )('pass through $name as on cpu: $odd, $build', async ({ odd, build, make, side }) => {
    const model = make();
    complete(model, [2, side, side, 3]);
    filled(model);
    const clean = mapOf([2, side, side, 3]);
    const numbers = clean.dataSync().slice();
    numbers[3 * (side * 20 + 23) + 1] = odd; // of the first image
    const x = tensor(numbers, clean.shape) as Tensor4D;
    const wanted = model(x);
    const fast = compile(model, { target: await wasmEngine({ build, threads: 1 }) });
    const [made, whole] = [fast(x), fast(clean)];
    for (const [level, map] of Object.entries(wanted)) {
      expectAlike(map, made[level as 'C3'], level);
      // The other image has no part in it.
      const half = map.size / 2;
      expect(made[level as 'C3'].dataSync().subarray(half), level).toEqual(
        whole[level as 'C3'].dataSync().subarray(half),
      );
    }
  });
});
