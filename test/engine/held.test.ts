import {
  add,
  cast,
  clone,
  concat,
  dispose,
  greater,
  keep,
  less,
  logicalAnd,
  memory,
  mul,
  relu,
  reshape,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

describe.each(['cpu', 'wasm'] as const)('a result of the engine, on %s', (backend) => {
  let engine: WasmEngine;
  let double: (x: Tensor1D) => Tensor1D;
  beforeEach(async () => {
    await use(backend);
    engine = await wasmEngine({ threads: 1 });
    double = compile((x: Tensor1D) => tidy((): Tensor1D => mul(x, 2)), { target: engine });
    double(tensor1d([0, 0, 0])).dispose(); // the plan's own bytes
  });
  const x = () => tensor1d([1, -2, 3]);
  const used = () => engine.memory().used;

  it('is read at once and later', async () => {
    const made = double(x());
    expect([...made.dataSync()]).toEqual([2, -4, 6]);
    expect([...(await made.data())]).toEqual([2, -4, 6]);
    expect(await made.array()).toEqual([2, -4, 6]);
    expect(made.dtype).toBe('float32');
  });

  it('is a copy: later runs do not change it, and changing what was read changes nothing', () => {
    const made = double(x());
    const numbers = made.dataSync();
    numbers[0] = 99;
    double(tensor1d([7, 7, 7])).dispose();
    expect([...made.dataSync()]).toEqual([2, -4, 6]);
  });

  it('lies in the memory of the engine until it is disposed', () => {
    const before = used();
    const made = double(x());
    expect(used()).toBe(before + 64); // the least that is given out
    made.dispose();
    expect(used()).toBe(before);
    expect(() => made.dataSync()).toThrow('disposed');
  });

  it('is taken over by an op of tfjs', () => {
    const before = used();
    const made = double(x());
    expect([...relu(made).dataSync()]).toEqual([2, 0, 6]);
    expect(used()).toBe(before); // its numbers have moved to the backend
    expect([...made.dataSync()]).toEqual([2, -4, 6]);
    expect([...concat([made, double(x())]).dataSync()]).toEqual([2, -4, 6, 2, -4, 6]);
    made.dispose();
  });

  it('has clones that outlive it', () => {
    const made = double(x());
    const [copy, same] = [clone(made), reshape(made, [3, 1])];
    made.dispose();
    expect([...copy.dataSync()]).toEqual([2, -4, 6]);
    copy.dispose();
    expect([...same.dataSync()]).toEqual([2, -4, 6]);
    same.dispose();
  });

  it('is freed by tidy, unless it is kept or returned', () => {
    const before = used();
    const kept = tidy(() => {
      double(x());
      return [keep(double(x())), double(x())];
    });
    expect(used()).toBe(before + 2 * 64);
    dispose(kept);
    expect(used()).toBe(before);
  });

  it('is one tensor for tfjs, gone when it is disposed', () => {
    const given = x();
    const before = memory().numTensors;
    const made = double(given);
    expect(memory().numTensors).toBe(before + 1);
    made.dispose();
    expect(memory().numTensors).toBe(before);
    expect(memory().numDataBuffers).toBeGreaterThanOrEqual(1);
  });

  it('goes into another compiled function, of this engine and of another one', async () => {
    const other = compile((a: Tensor1D, b: Tensor1D) => tidy((): Tensor1D => add(a, b)), { target: engine });
    const elsewhere = compile((a: Tensor1D) => tidy((): Tensor1D => mul(a, -1)), {
      target: await wasmEngine({ threads: 1 }),
    });
    const made = double(x());
    expect([...other(made, double(made)).dataSync()]).toEqual([6, -12, 18]);
    expect([...elsewhere(made).dataSync()]).toEqual([-2, 4, -6]);
    expect([...made.dataSync()]).toEqual([2, -4, 6]);
  });

  it('that was disposed is refused as an input', () => {
    const made = double(x());
    made.dispose();
    expect(() => double(made)).toThrow('disposed');
    expect([...double(x()).dataSync()]).toEqual([2, -4, 6]);
  });

  it('is of the type that the function makes', () => {
    const types = compile(
      (a: Tensor1D) =>
        tidy(() => ({ larger: greater(a, 0), whole: cast(a, 'int32'), both: logicalAnd(greater(a, 0), less(a, 2)) })),
      { target: engine },
    )(x());
    const read = (t: Tensor) => [t.dtype, t.dataSync().constructor.name, ...t.dataSync()];
    expect(read(types.larger)).toEqual(['bool', 'Uint8Array', 1, 0, 1]);
    expect(read(types.whole)).toEqual(['int32', 'Int32Array', 1, -2, 3]);
    expect(read(types.both)).toEqual(['bool', 'Uint8Array', 1, 0, 0]);
    const back = compile((a: Tensor, b: Tensor) => tidy(() => add(cast(a, 'float32'), cast(b, 'float32'))), {
      target: engine,
    });
    expect([...back(types.larger, types.whole).dataSync()]).toEqual([2, -2, 4]);
  });
});
