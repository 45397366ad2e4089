import { execFileSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import {
  add,
  mul,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  memory as tensorMemory,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import type { Request } from '../../src/engine/worker/wire.ts';
import { workerTarget } from '../../src/engine/worker/workerTarget.ts';
import { type WorkerEngine, workerEngine } from '../../src/engine/workerEngine.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { compile } from '../../src/trace/compile.ts';
import { profile } from '../../src/trace/profile.ts';
import { use } from '../ops/backends.ts';
import { mapOf } from '../trace/numbers.ts';
import { filled } from './filled.ts';

let engine: WorkerEngine;
let here: WasmEngine;
beforeAll(async () => {
  await use('cpu');
  engine = await workerEngine({ threads: 1 });
  here = await wasmEngine({ threads: 1 });
});
afterAll(() => engine.dispose());

const x = () => tensor1d([1, -2, 3]);
const double = (of: Tensor1D) => tidy((): Tensor1D => mul(of, 2));

describe('workerEngine', () => {
  it('gives tensors whose numbers are read later', async () => {
    const fast = compile(double, { target: engine });
    const made = fast(x());
    expect([made.shape, made.dtype]).toEqual([[3], 'float32']);
    expect([...(await made.data())]).toEqual([2, -4, 6]);
    expect(await made.array()).toEqual([2, -4, 6]); // again
    made.dispose();
  });

  it('says what to do in the place of reading at once, and of computing with tfjs', () => {
    const made = compile(double, { target: engine })(x());
    const wanted = /this tensor \[3\] are in a worker, which answers later: await data\(\)/;
    expect(() => made.dataSync()).toThrow(wanted);
    expect(() => relu(made)).toThrow(wanted);
    made.dispose();
  });

  it('hands results on to other functions in the worker, and to another engine not', async () => {
    const fast = compile(double, { target: engine });
    const sum = compile((a: Tensor1D, b: Tensor1D) => tidy((): Tensor1D => add(a, b)), { target: engine });
    const made = fast(x());
    expect([...(await sum(made, fast(made)).data())]).toEqual([6, -12, 18]);
    expect([...(await sum(made, compile(double, { target: here })(x())).data())]).toEqual([4, -8, 12]);
    expect(() => compile(double, { target: here })(made)).toThrow('are in a worker');
  });

  it('gives the bits that the engine gives here, on one thread and on two', async () => {
    const model = efficientNet({ width: 0.25, depth: 0.25 });
    complete(model, [2, 32, 48, 3]);
    filled(model);
    const image: Tensor4D = mapOf([2, 32, 48, 3]);
    const wanted = compile(model, { target: here })(image).C5;
    const two = await workerEngine({ threads: 2 });
    for (const target of [engine, two]) {
      const made = compile(model, { target })(image).C5;
      expect(await made.data()).toEqual(wanted.dataSync());
    }
    two.dispose();
  });

  it('reads weights at each call, those that are bound and those that were written', async () => {
    const model = efficientNet({ width: 0.25, depth: 0.25 });
    const image: Tensor4D = mapOf([1, 32, 32, 3]);
    const [fast, wanted] = [engine, here].map((target) => compile(model, { target }));
    const other = compile((of: Tensor4D) => model(of).C5, { root: model, target: engine }); // of the same weights
    const expectSame = async () => {
      const [made, same] = [fast?.(image).C5, wanted?.(image).C5];
      expect(await made?.data()).toEqual(same?.dataSync());
      expect(await other(image).data()).toEqual(same?.dataSync());
    };
    await expectSame();
    const first = [...weights(model).values()][0];
    if (first === undefined) throw new Error('the model has no weights');
    const before = first.read().dataSync().slice();
    const [a = 1, b = 1, c = 1, d = 1] = first.shape ?? [];
    const bound = mapOf([a, b, c, d]);
    first.write(bound);
    await expectSame();
    first.write(before as Float32Array);
    await expectSame();
    const [made, same] = bind(new Map([[first, bound]]), () => [fast?.(image).C5, wanted?.(image).C5]);
    expect(await made?.data()).toEqual(same?.dataSync());
    await expectSame();
  });
});

describe('what fails in the worker', () => {
  it('is known at once where it is a kernel that the engine lacks', () => {
    const told: string[] = [];
    const line = {
      check: () => undefined,
      tell: ({ kind }: Request) => void told.push(kind),
      ask: () => Promise.reject(new Error('nobody asks')),
      free: () => undefined,
      bytesOf: () => 0,
      stop: () => undefined,
    };
    const heard: string[] = [];
    const target = workerTarget(line, { name: 'the engine', kernels: new Set(['Relu']) });
    const odd = compile(double, { target, label: 'mine', onFallback: (reason) => heard.push(reason) });
    expect([...odd(x()).dataSync()]).toEqual([2, -4, 6]);
    expect(heard).toEqual(['mine: the engine has no kernel Multiply; it runs on cpu instead']);
    expect(told).toEqual([]);
  });

  it('is told where its numbers are read, and what is made of them, and the engine goes on', async () => {
    const huge = compile((of: Tensor1D) => tidy((): Tensor => tile(of, [2 ** 30])), { target: engine });
    const after = compile((of: Tensor) => tidy(() => relu(of)), { target: engine });
    const made = huge(x());
    await expect(made.data()).rejects.toThrow(/engine: it would take 12885 MB/);
    await expect(after(made).data()).rejects.toThrow(RangeError);
    expect([...(await compile(double, { target: engine })(x()).data())]).toEqual([2, -4, 6]);
  });

  it('is said of lists of commands and their times, which are there', () => {
    expect(() => profile(double, [x()], { target: engine })).toThrow(
      /is in a worker; give an engine of wasmEngine\(\)/,
    );
  });

  it('is that it was disposed: numbers that are waited for, and calls after', async () => {
    const own = await workerEngine({ threads: 1 });
    const fast = compile(double, { target: own });
    const made = fast(x());
    const waiting = made.data();
    own.dispose();
    const wanted = 'engine: it was disposed; make another engine';
    await expect(waiting).rejects.toThrow(wanted);
    await expect(made.data()).rejects.toThrow(wanted);
    await expect(own.memory()).rejects.toThrow(wanted);
    expect(() => fast(x())).toThrow(wanted);
  });

  it('is that it has ended by itself', async () => {
    const threads = process.getBuiltinModule('node:worker_threads');
    const made: Worker[] = [];
    const { Worker: original } = threads;
    threads.Worker = class extends original {
      constructor(code: string, options: object) {
        super(code, options);
        made.push(this);
      }
    };
    const own = await workerEngine({ threads: 1 }).finally(() => {
      threads.Worker = original;
    });
    const numbers = compile(double, { target: own })(x());
    const waiting = numbers.data();
    void made[0]?.terminate();
    await expect(waiting).rejects.toThrow(/engine: its worker has ended \(.*\); make another engine/);
  });
});

describe('the worker', () => {
  it('frees what is disposed, and gives all back with the last function that was compiled', async () => {
    const fast = compile(double, { target: engine });
    fast(x()).dispose();
    const { used } = await engine.memory();
    const made = [fast(x()), fast(x())];
    expect((await engine.memory()).used).toBe(used + 2 * 64); // the least that is given out
    for (const tensor of made) tensor.dispose();
    expect((await engine.memory()).used).toBe(used);
    expect(tensorMemory().numBytes).toBeGreaterThanOrEqual(0);
    fast.dispose();
    expect((await engine.memory()).used).toBeLessThan(used);
  });

  it('keeps no process alive, and a process waits for numbers that it reads', () => {
    const program = `
      import { mul, tensor1d } from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-cpu';
      import { workerEngine } from '${new URL('../../src/engine/workerEngine.ts', import.meta.url).href}';
      import { compile } from '${new URL('../../src/trace/compile.ts', import.meta.url).href}';
      const fast = compile((x) => mul(x, 2), { target: await workerEngine({ threads: 2 }) });
      const made = fast(tensor1d([1, 2]));
      made.data().then((numbers) => process.stdout.write([...numbers].join()));`;
    const flags = ['--conditions=pyramidion-source', '--import', 'tsx', '--input-type=module', '--eval', program];
    const options = { cwd: new URL('../..', import.meta.url).pathname, encoding: 'utf8', timeout: 25_000 } as const;
    expect(execFileSync(process.execPath, flags, options)).toBe('2,4');
  }, 30_000);
});
