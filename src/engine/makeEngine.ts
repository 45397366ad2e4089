import { fuseSwish } from '../trace/fuseSwish.ts';
import { fusions } from './fuse/fusions.ts';
import { convert } from './lower/layouts.ts';
import { lowerings } from './lower/lowerings.ts';
import type { Recompute } from './memory/arrange.ts';
import { planWithin } from './memory/planWithin.ts';
import { heapOver, pagesIn } from './run/heap.ts';
import { type EngineBuild, engineInstance, engineModule } from './run/module.ts';
import { type Pool, startPool } from './run/pool.ts';
import { prepared } from './run/prepared.ts';
import { storeIn } from './run/store.ts';
import type { WasmEngine } from './wasmEngine.ts';

/** First address that is given out: below it are the numbers of kernels, and the control words of threads. */
const start = 8192;
const control = 4096;

/** Whether this thread may sleep: a page's own may not. */
const maySleep = () => typeof (globalThis as { document?: unknown }).document === 'undefined';

/** What an engine is made of. */
export interface EngineParts {
  readonly build: EngineBuild;
  readonly threads: number;
  readonly recompute: Recompute;
  readonly maxBytes: number;
  /** The build, compiled for a memory that is shared where there are several threads. Default: it is loaded. */
  readonly module?: WebAssembly.Module;
}

/** An engine of a build, on so many threads. @throws Error for a build that this runtime does not take */
export async function makeEngine({
  build,
  threads,
  recompute,
  maxBytes,
  module: given,
}: EngineParts): Promise<WasmEngine> {
  const shared = threads > 1;
  const memory = new WebAssembly.Memory({ initial: 16, maximum: pagesIn(maxBytes), shared });
  const module = given ?? (await engineModule(build, { shared }));
  let pool: Pool | undefined;
  const { init, ...kernels } = engineInstance(module, memory, () => pool?.lost() === undefined);
  init();
  const heap = heapOver(memory, start, maxBytes);
  const arena = { at: 0, bytes: 0 };
  pool = shared ? await startPool(module, memory, { threads, control }) : undefined;
  const sleeps = maySleep() ? 1 : 0;
  let broken: Error | undefined;

  const breaks = (what: string, cause?: unknown) => {
    broken ??= new Error(`engine: ${what}; make another engine`, { cause });
    pool?.stop();
    return broken;
  };
  const run = (at: number, count: number) => {
    if (broken) throw new Error(broken.message, { cause: broken });
    const lost = pool?.lost();
    if (lost !== undefined) throw breaks(lost);
    pool?.begin(at, count);
    try {
      if (pool === undefined) kernels.run(at, count, 0, 1);
      else if (kernels.runTogether(at, count, 0, threads, control, sleeps)) return;
    } catch (error) {
      throw breaks(`a kernel failed (${error instanceof Error ? error.message : error})`, error);
    }
    if (pool) throw breaks(pool.lost() ?? 'a thread has ended');
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
    prepare: (graph, donated) => {
      const fused = [fuseSwish, ...fusions].reduce((now, pass) => pass(now), graph);
      const plan = planWithin(fused, { lowerings, convert, threads, donated, recompute, maxBytes: maxBytes - start });
      return prepared(plan, { heap, store, arena: arenaFor, run });
    },
    memory: () => ({ used: heap.used(), grown: memory.buffer.byteLength }),
    dispose: () => {
      breaks('it was disposed');
    },
  };
}
