import { execFileSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import {
  add,
  cumsum,
  mul,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  memory as tensorMemory,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { efficientNet } from '../../src/backbone/efficientNet.ts';
import { bind } from '../../src/core/bind.ts';
import { weights } from '../../src/core/block.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { type WorkerEngine, workerEngine } from '../../src/engine/workerEngine.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { compile } from '../../src/trace/compile.ts';
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
