import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { relu, tensor1d } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { copyBytes } from '../../src/engine/commands/codes.ts';
import { engineInstance, engineModule } from '../../src/engine/run/module.ts';
import { physicalCores, startPool } from '../../src/engine/run/pool.ts';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

beforeAll(() => use('cpu'));
afterEach(() => void vi.unstubAllGlobals());

const [control, list] = [4096, 8192];

/** Two threads over one page, and a command that copies bytes: each half is a thread's. */
async function copying({ patience }: { patience: number }) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = await engineModule('plain', { shared: true });
  const kernels = engineInstance(module, memory);
  const pool = await startPool(module, memory, { threads: 2, control, patience });
  const copy = (to: number, from: number, bytes: number) => {
    new Int32Array(memory.buffer, list, 5).set([copyBytes, 5, from, to, bytes]);
    pool.begin(list, 1);
    return kernels.runTogether(list, 1, 0, 2, control, patience);
  };
  return { memory, pool, copy };
}

describe('startPool', () => {
  it('shares a command among threads', async () => {
    const { memory, pool, copy } = await copying({ patience: 10 });
    const bytes = new Uint8Array(memory.buffer);
    for (let round = 1; round < 50; round++) {
      bytes.fill(round, 20_000, 21_000);
      expect(copy(30_000, 20_000, 1000)).toBeTruthy();
      expect(bytes.subarray(30_000, 31_000).every((n) => n === round)).toBe(true);
    }
    pool.stop();
    expect(() => pool.begin(list, 1)).toThrow('its threads were stopped; make another engine');
  });

  it('waits on when it is woken too early, as by a thread that is late with an earlier round', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const kernels = engineInstance(await engineModule('plain', { shared: true }), memory);
    const waker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const words = new Int32Array(workerData.buffer, ${control}, 16);
       parentPort.postMessage(0);
       for (let i = 0; i < 5; i++) {
         Atomics.wait(words, 15, 0, 100);
         Atomics.notify(words, 1);
       }`,
      { eval: true, workerData: memory },
    );
    await new Promise((resolve) => waker.once('message', resolve));
    new Int32Array(memory.buffer, list, 5).set([copyBytes, 5, 20_000, 30_000, 64]);
    expect(kernels.runTogether(list, 1, 0, 2, control, 1)).toBeFalsy(); // the other of the two never comes
    await waker.terminate();
  });

  it('ends its patience with a thread that died, and says so at the next call', async () => {
    const { pool, copy } = await copying({ patience: 1 });
    const start = performance.now();
    expect(copy(30_000, 40_000, 40_000)).toBeFalsy(); // the second half ends at 80,000, beyond the page
    expect(performance.now() - start).toBeLessThan(5000);
    await vi.waitFor(() =>
      expect(() => pool.begin(list, 0)).toThrow(/thread 1 of 2: .*out of bounds.*; make another engine/),
    );
    pool.stop();
  });
});

describe('threads of an engine', () => {
  it('keep no process alive', () => {
    const program = `
      import { wasmEngine } from '${new URL('../../src/engine/wasmEngine.ts', import.meta.url).href}';
      const engine = await wasmEngine({ threads: 3 });
      process.stdout.write(String(engine.threads));`;
    const flags = ['--conditions=pyramidion-source', '--import', 'tsx', '--input-type=module', '--eval', program];
    const options = { cwd: new URL('../..', import.meta.url).pathname, encoding: 'utf8', timeout: 20_000 } as const;
    expect(execFileSync(process.execPath, flags, options)).toBe('3');
  }, 25_000);

  it('end when it is disposed, and then it says so', async () => {
    const engine = await wasmEngine({ threads: 2 });
    const fast = compile(relu, { target: engine });
    const made = fast(tensor1d([-1, 2]));
    engine.dispose();
    expect(() => fast(tensor1d([-1, 2]))).toThrow('make another engine');
    expect([...made.dataSync()]).toEqual([0, 2]); // results are still there
  });

  it.each([0, 1.5, 65, Number.NaN])('cannot be %d', async (threads) => {
    await expect(wasmEngine({ threads })).rejects.toThrow(
      `wasmEngine: threads is ${threads}; it must be a whole number from 1 to 64`,
    );
  });

  it('are refused where memory cannot be shared, with what to do; one needs none', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    await expect(wasmEngine({ threads: 2 })).rejects.toThrow(
      /2 threads need a shared memory.*Cross-Origin-Opener-Policy.*or leave threads out/,
    );
    expect((await wasmEngine({ threads: 1 })).threads).toBe(1);
  });

  it('are as many as the machine has cores, at most 8, where nobody says', async () => {
    const engine = await wasmEngine();
    expect(engine.threads).toBe(physicalCores());
    expect(physicalCores()).toBeGreaterThanOrEqual(1);
    expect(physicalCores()).toBeLessThanOrEqual(8);
    engine.dispose();
  });
});
