import { backend } from '@tensorflow/tfjs-core';
import { isCpuBackend } from '../core/cpuBackend.ts';
import type { LocalTarget } from '../trace/target.ts';

/** Where work runs: on our engine, on tfjs's current backend, or on an engine that is given. */
export type RunOn = 'engine' | 'backend' | LocalTarget;

/**
 * The engine that something runs on; undefined for tfjs's backend. Where nobody says: our engine in the place of tfjs's CPU
 * backends `cpu` and `wasm`, and the backend where a person has chosen another, such as a GPU.
 */
export async function engineFor(on: RunOn | undefined): Promise<LocalTarget | undefined> {
  if (typeof on === 'object') return on;
  if (on === 'backend') return undefined;
  backend(); // starts it, if nobody has
  if (on === undefined && !isCpuBackend()) return undefined;
  const { sharedEngine } = await import('../engine/sharedEngine.ts');
  return sharedEngine();
}
