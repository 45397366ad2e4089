import type { LocalTarget } from '../trace/target.ts';
import type { EngineBuild } from './run/module.ts';
import { type EngineOptions, engineChoice } from './wasmEngine.ts';
import type { EngineBytes } from './worker/wire.ts';

/** Our own engine in a worker: whoever calls it goes on at once. */
export interface WorkerEngine extends LocalTarget {
  readonly build: EngineBuild;
  readonly threads: number;
  /** Bytes of its memory that are in use once it has done what it was told, and that it has grown to. */
  readonly memory: () => Promise<EngineBytes>;
  /** Ends the worker and its threads. It cannot be used afterwards, nor can numbers be read that are there. */
  readonly dispose: () => void;
}

/**
 * Makes an engine in a worker, for a page that stays responsive while it trains, or a server that keeps answering:
 * `train(model, { on: await workerEngine(), ... })`, `detect(model, image, { on })`, `compile(model, { target })`. It plans
 * and runs there what `wasmEngine` runs here, with the same bits.
 *
 * A call gives tensors at once whose numbers are in the worker: `await data()` reads them, `dataSync()` is an error, and
 * another function compiled for the same engine takes them as they are. What fails in the worker is thrown where its numbers
 * are read. Its code is text in the package, so that a bundler finds no file; a page's Content-Security-Policy must allow
 * `worker-src blob:`.
 *
 * @throws RangeError and Error as `wasmEngine` does; Error for a worker that cannot start
 */
export async function workerEngine(options: EngineOptions = {}): Promise<WorkerEngine> {
  const choice = engineChoice('workerEngine', options);
  const { build, threads } = choice;
  const [{ engineModule }, { lineTo }, { workerTarget }, { workerCode }] = await Promise.all([
    import('./run/module.ts'),
    import('./worker/line.ts'),
    import('./worker/workerTarget.ts'),
    import('./worker.generated.ts'), // a page that never asks does not carry it
  ]);
  const module = await engineModule(build, { shared: threads > 1 });
  const { line, kernels } = await lineTo(workerCode, { kind: 'start', ...choice, module });
  const target = workerTarget(line, { name: 'the engine', kernels });
  const memory = () => line.ask<EngineBytes>((call) => ({ kind: 'memory', call }));
  return { ...target, build, threads, memory, dispose: line.stop };
}
