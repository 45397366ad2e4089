import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { cumsum, relu, type Tensor1D, tensor1d, memory as tensorMemory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { copyBytes } from '../../src/engine/commands/codes.ts';
import { physicalCores } from '../../src/engine/run/cores.ts';
import { engineInstance, engineModule } from '../../src/engine/run/module.ts';
import { canShare, startPool } from '../../src/engine/run/pool.ts';
import { wasmEngine } from '../../src/engine/wasmEngine.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';

beforeAll(() => use('cpu'));
afterEach(() => void vi.unstubAllGlobals());

const [control, list] = [4096, 8192];

/** Two threads over one page, and a command that copies bytes: each half is a thread's. */
async function copying() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = await engineModule('plain', { shared: true });
  const pool = await startPool(module, memory, { threads: 2, control });
  const kernels = engineInstance(module, memory, () => pool.lost() === undefined);
  const copy = (to: number, from: number, bytes: number) => {
    new Int32Array(memory.buffer, list, 5).set([copyBytes, 5, from, to, bytes]);
    pool.begin(list, 1);
    return kernels.runTogether(list, 1, 0, 2, control, 1);
  };
  return { memory, pool, copy };
}

describe('startPool', () => {
  it('shares a command among threads', async () => {
    const { memory, pool, copy } = await copying();
    const bytes = new Uint8Array(memory.buffer);
    for (let round = 1; round < 50; round++) {
      bytes.fill(round, 20_000, 21_000);
      expect(copy(30_000, 20_000, 1000)).toBeTruthy();
      expect(bytes.subarray(30_000, 31_000).every((n) => n === round)).toBe(true);
    }
    expect(pool.lost()).toBeUndefined();
    pool.stop();
    expect(pool.lost()).toBe('its threads were stopped');
  });

  it('waits on when it is woken too early, as by a thread that is late with an earlier round', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    let asked = 0;
    const alive = () => ++asked < 20;
    const kernels = engineInstance(await engineModule('plain', { shared: true }), memory, alive);
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
    expect(asked).toBe(20);
    await waker.terminate();
  });

  it('asks whether the others are there where it may not sleep, too', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const kernels = engineInstance(await engineModule('plain', { shared: true }), memory, () => false);
    new Int32Array(memory.buffer, list, 5).set([copyBytes, 5, 20_000, 30_000, 64]);
    expect(kernels.runTogether(list, 1, 0, 2, control, 0)).toBeFalsy();
  });

  it('does not wait for a thread whose kernel failed, and has its reason', async () => {
    const { pool, copy } = await copying();
    expect(copy(30_000, 40_000, 40_000)).toBeFalsy(); // the second half ends at 80,000, beyond the page
    expect(pool.lost()).toMatch(/^thread 1 of 2 has ended \(RuntimeError: .*out of bounds.*\)$/);
    pool.stop();
  });
});

/** Runs something while the code of new threads is changed; gives their workers to `made`. */
async function withWorkers<T>(made: Worker[], run: () => Promise<T>, change = (code: string) => code): Promise<T> {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { Worker: original } = threads;
  threads.Worker = class extends original {
    constructor(code: string, options: object) {
      super(change(code), options);
      made.push(this);
    }
  };
  try {
    return await run();
  } finally {
    threads.Worker = original;
  }
}

describe('a thread that was ended', () => {
  const x = () => tensor1d([-1, 2]);
  const ended = 'engine: thread 1 of 2 has ended; make another engine';

  async function engineOfTwo(change?: (code: string) => string) {
    const workers: Worker[] = [];
    const engine = await withWorkers(workers, () => wasmEngine({ threads: 2 }), change);
    return { engine, worker: workers[0], fast: compile((of: Tensor1D) => relu(of), { target: engine }) };
  }

  it.each(['at this moment', 'some time ago'])(
    'between calls, %s, is an error of the next call and of every other',
    async (when) => {
      const { engine, worker, fast } = await engineOfTwo();
      const before = fast(x());
      const { used } = engine.memory();
      const gone = worker?.terminate();
      if (when === 'some time ago') await gone;
      const tensors = tensorMemory().numTensors;
      const given = x();
      expect(() => fast(given)).toThrow(ended);
      expect(() => fast(given)).toThrow(ended);
      given.dispose();
      expect(engine.memory().used).toBe(used); // what the call had taken was given back
      expect(tensorMemory().numTensors).toBe(tensors);
      expect([...before.dataSync()]).toEqual([0, 2]);
    },
  );

  it('in a call, after some of its commands, is an error of that call', async () => {
    const dies = (code: string) =>
      code.replace(
        'runTogether(words',
        'if (seen === 3) { runTogether(words[3], 1, thread, threads, control, 1); process.exit(7); } runTogether(words',
      );
    const { engine, fast } = await engineOfTwo(dies);
    const twice = compile((of: Tensor1D) => cumsum(relu(cumsum(relu(cumsum(of))))), { target: engine });
    fast(x());
    fast(x());
    expect(() => twice(x())).toThrow(ended);
    expect(() => fast(x())).toThrow(ended);
  });

  it('for its own memory’s sake says so', async () => {
    const greedy = (code: string) =>
      code.replace('runTogether(words', 'if (seen === 2) throw new RangeError("out of memory"); runTogether(words');
    const { fast } = await engineOfTwo(greedy);
    fast(x());
    expect(() => fast(x())).toThrow('engine: thread 1 of 2 has ended (RangeError: out of memory); make another engine');
  });

  it('at its start is an error of making the engine, and no other thread stays', async () => {
    const late = (code: string) => code.replace('ready();', 'if (thread === 2) throw new Error("no room"); ready();');
    const workers: Worker[] = [];
    const making = withWorkers(workers, () => wasmEngine({ threads: 3 }), late);
    await expect(making).rejects.toThrow('engine: a thread could not start: Error: no room');
    expect(workers).toHaveLength(2);
    await vi.waitFor(() => expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]));
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

  it.each([
    [2, 2],
    [4, 4],
    [6, 4], // 4 for speed and 2 for rest, or 3 that are 6
    [12, 6],
    [64, 8],
  ])('are, of %d processors that an isolated page is told of, %d where nobody says', (told, threads) => {
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('navigator', { hardwareConcurrency: told });
    expect(physicalCores(true)).toBe(threads);
    expect(physicalCores(false)).toBe(1);
  });

  it('can share a memory in a page where it is isolated', () => {
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('Worker', class {});
    expect(canShare()).toBe(false);
    vi.stubGlobal('crossOriginIsolated', true);
    expect(canShare()).toBe(true);
  });

  it('are as many as the machine has cores, at most 8, where nobody says', async () => {
    const engine = await wasmEngine();
    expect(engine.threads).toBe(physicalCores(true));
    expect(physicalCores(true)).toBeGreaterThanOrEqual(1);
    expect(physicalCores(true)).toBeLessThanOrEqual(8);
    engine.dispose();
  });
});
