import type { Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { simplify } from '../../src/trace/optimize.ts';
import { trace } from '../../src/trace/trace.ts';
import { use } from '../ops/backends.ts';

describe('a plan that does not fit in the bytes of its engine', () => {
  let engine: WasmEngine;
  beforeAll(async () => {
    await use('wasm');
    engine = await wasmEngine({ threads: 1, maxBytes: 2 ** 26 });
  });
  const [first, second] = [conv({ filters: 64, kernel: 3 }), conv({ filters: 64, kernel: 3 })];
  const model = (x: Tensor4D) => second(first(x));
  const plan = (shape: readonly number[]) => engine.prepare(simplify(trace(model, shape)));
  /** The error of a plan, and what its advice says. */
  const refused = (shape: readonly number[]) => {
    try {
      plan(shape);
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
    return expect.fail(`[${shape}] fits`);
  };

  it('is an error that says how many images would fit, and so many do', () => {
    const said = refused([64, 64, 64, 3]);
    expect(said).toMatch(
      /^engine: it would take \d+ MB \(.*\), and 67 MB is the most; nothing was taken\. About \d+ MB/,
    );
    const fits = Number(/a batch of about (\d+) would fit/.exec(said)?.[1]);
    expect(fits).toBeGreaterThan(0);
    expect(() => plan([fits, 64, 64, 3])).not.toThrow();
    expect(engine.memory().used).toBe(0);
  });

  it('is an error that says how large one image may be, and so large it may', () => {
    const [, height, width] = /one of about (\d+)x(\d+) would fit/.exec(refused([1, 1024, 2048, 3])) ?? [];
    expect(Number(width)).toBe(2 * Number(height));
    expect(() => plan([1, Number(height), Number(width), 3])).not.toThrow();
  });

  it('is one of 1 MB at least', async () => {
    await expect(wasmEngine({ maxBytes: 1000 })).rejects.toThrow('wasmEngine: maxBytes is 1000; it must be from');
  });
});
