import { fuseSwish } from '../trace/fuseSwish.ts';
import type { Graph } from '../trace/graph.ts';
import type { LocalTarget } from '../trace/target.ts';
import { fusions } from './fuse/fusions.ts';
import { convert } from './lower/layouts.ts';
import { lowerings } from './lower/lowerings.ts';
import { planGraph } from './plan/planner.ts';
import { heapOver, mostPages } from './run/heap.ts';
import { type EngineBuild, engineInstance, engineModule, fastestBuild } from './run/module.ts';
import { canShare, patience, physicalCores, startPool } from './run/pool.ts';
import { type EnginePrepared, prepared } from './run/prepared.ts';
import { storeIn } from './run/store.ts';

export interface EngineOptions {
  /** Default: the fastest that this runtime takes. */
  readonly build?: EngineBuild;
  /**
   * Threads that share the work; the results do not depend on how many. Default: the machine's cores in Node, at most 8; 1 in
   * a page, where more need cross-origin isolation.
   */
  readonly threads?: number;
}

/** Our own engine: plans of traced functions, and the memory that they run in. */
export interface WasmEngine extends LocalTarget {
  readonly build: EngineBuild;
  readonly threads: number;
  readonly prepare: (graph: Graph) => EnginePrepared;
  /** Bytes of memory that are in use, and that it has grown to, which WebAssembly never gives back before the engine is dropped. */
  readonly memory: () => { readonly used: number; readonly grown: number };
  /** Stops its threads. It cannot be used afterwards. */
  readonly dispose: () => void;
}

/** First address that is given out: below it are the numbers of kernels, and the control words of threads. */
const start = 8192;
const control = 4096;

/** Whether this thread may sleep: a page's own may not. */
const maySleep = () => typeof (globalThis as { document?: unknown }).document === 'undefined';

/**
 * Makes an engine: `const fast = compile(model, { target: await wasmEngine() })`. Its weights are there once for everything
 * that is compiled with it; what is folded or packed of them is made again when they move. One engine is enough for a page
 * or a process: `sharedEngine`.
 *
 * @throws Error for a build that this runtime does not take
 */
export async function wasmEngine(options: EngineOptions = {}): Promise<WasmEngine> {
  const { build = fastestBuild(), threads = physicalCores() } = options;
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64))
    throw new RangeError(`wasmEngine: threads is ${threads}; it must be a whole number from 1 to 64`);
  const shared = threads > 1;
  if (shared && !canShare())
    throw new Error(
      `wasmEngine: ${threads} threads need a shared memory, which a page has only where it is cross-origin isolated; serve it with ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave threads out',
    );
  const memory = new WebAssembly.Memory({ initial: 16, maximum: mostPages, shared });
  const module = await engineModule(build, { shared });
  const { init, ...kernels } = engineInstance(module, memory);
  init();
  const heap = heapOver(memory, start);
  const arena = { at: 0, bytes: 0 };
  const pool = shared ? await startPool(module, memory, { threads, control }) : undefined;
  const sleeps = maySleep() ? patience : 0;
  let broken: unknown;

  const run = (at: number, count: number) => {
    if (broken)
      throw new Error('engine: a kernel failed before, its memory may be damaged; make another engine', {
        cause: broken,
      });
    pool?.begin(at, count);
    try {
      if (pool === undefined) kernels.run(at, count, 0, 1);
      else if (!kernels.runTogether(at, count, 0, threads, control, sleeps))
        throw new Error(`one of ${threads} threads did not answer for ${patience} seconds`);
    } catch (error) {
      broken = error;
      pool?.stop();
      throw new Error(
        `engine: a kernel failed (${error instanceof Error ? error.message : error}); make another engine`,
        {
          cause: error,
        },
      );
    }
  };
  const arenaFor = (bytes: number) => {
    if (bytes <= arena.bytes) return arena.at;
    if (arena.bytes > 0) heap.give(arena.at);
    arena.bytes = 0;
    arena.at = heap.take(bytes, 'the arena');
    arena.bytes = bytes;
    return arena.at;
  };
  const store = storeIn(heap, { arena: arenaFor, run });

  return {
    local: true,
    owner: heap,
    name: 'the engine',
    build,
    threads,
    keeps: (op) => Object.hasOwn(lowerings, op),
    prepare: (graph) => {
      const fused = [fuseSwish, ...fusions].reduce((now, pass) => pass(now), graph);
      return prepared(planGraph(fused, { lowerings, convert, threads }), { heap, store, arena: arenaFor, run });
    },
    memory: () => ({ used: heap.used(), grown: memory.buffer.byteLength }),
    dispose: () => {
      broken ??= new Error('it was disposed');
      pool?.stop();
    },
  };
}
