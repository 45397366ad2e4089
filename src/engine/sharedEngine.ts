import { type WasmEngine, wasmEngine } from './wasmEngine.ts';

const mark = Symbol.for('pyramidion.sharedEngine');
const home = globalThis as { [mark]?: Promise<WasmEngine> | undefined };

/**
 * The engine that `detect`, `evaluate` and `train` use where nobody gives one: one for all copies of the package in a process
 * or a page, so that weights are there once. Made at the first call.
 *
 * @throws what `wasmEngine` throws; the next call tries again
 */
export function sharedEngine(): Promise<WasmEngine> {
  home[mark] ??= wasmEngine().catch((error: unknown) => {
    home[mark] = undefined;
    throw error;
  });
  return home[mark];
}
