import type { Graph } from '../trace/graph.ts';
import type { Donated, LocalTarget } from '../trace/target.ts';
import { mostBytes } from './bytes.ts';
import type { Recompute } from './memory/arrange.ts';
import { physicalCores } from './run/cores.ts';
import { type EngineBuild, fastestBuild } from './run/module.ts';
import { canShare } from './run/pool.ts';
import type { EnginePrepared } from './run/prepared.ts';

export interface EngineOptions {
  /** Default: the fastest that this runtime takes. */
  readonly build?: EngineBuild;
  /**
   * Threads that share the work; the results do not depend on how many. Default: the machine's cores, at most 8; 1 in a page
   * that is not cross-origin isolated, which more of them need.
   */
  readonly threads?: number;
  /**
   * What is computed again where a gradient reads it, instead of being kept since the forward pass: with `auto` what costs little, and
   * whole stretches of the model where it would not fit otherwise; with `all` whatever saves bytes; `none`. The results are the same.
   * Default `auto`.
   */
  readonly recompute?: Recompute;
  /** The most bytes of memory. Default 4 GiB, all that 32-bit addresses reach. */
  readonly maxBytes?: number;
}

/** Our own engine: plans of traced functions, and the memory that they run in. */
export interface WasmEngine extends LocalTarget {
  readonly build: EngineBuild;
  readonly threads: number;
  readonly prepare: (graph: Graph, donated?: Donated) => EnginePrepared;
  /** Bytes of memory that are in use, and that it has grown to, which WebAssembly never gives back before the engine is dropped. */
  readonly memory: () => { readonly used: number; readonly grown: number };
  /** Stops its threads. It cannot be used afterwards. */
  readonly dispose: () => void;
}

/**
 * Makes an engine: `const fast = compile(model, { target: await wasmEngine() })`. Its weights are there once for everything
 * that is compiled with it; what is folded or packed of them is made again when they move. One engine is enough for a page
 * or a process: `sharedEngine`. Its parts are loaded when the first is made.
 *
 * @throws Error for a build that this runtime does not take
 */
export async function wasmEngine(options: EngineOptions = {}): Promise<WasmEngine> {
  const choice = engineChoice('wasmEngine', options);
  const { makeEngine } = await import('./makeEngine.ts'); // a page that never asks does not carry it
  return makeEngine(choice);
}

/** @throws RangeError for a number of threads or bytes that cannot be; Error where a memory cannot be shared */
export function engineChoice(
  where: string,
  {
    build = fastestBuild(),
    threads = physicalCores(canShare()),
    recompute = 'auto',
    maxBytes = mostBytes,
  }: EngineOptions,
): Required<EngineOptions> {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64))
    throw new RangeError(`${where}: threads is ${threads}; it must be a whole number from 1 to 64`);
  if (!(maxBytes >= 2 ** 20 && maxBytes <= mostBytes))
    throw new RangeError(`${where}: maxBytes is ${maxBytes}; it must be from ${2 ** 20} to ${mostBytes}`);
  if (threads > 1 && !canShare())
    throw new Error(
      `${where}: ${threads} threads need a shared memory, which a page has only where it is cross-origin isolated; serve it with ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave threads out',
    );
  return { build, threads, recompute, maxBytes };
}
