import { decode, withSharedMemory } from './bytes.ts';
import { plain, relaxed } from './kernels.generated.ts';
import type { Kernels } from './kernels.ts';

/** Two builds of one source: `relaxed` multiplies and adds with one rounding, where the runtime knows how. */
export type Build = 'relaxed' | 'plain';

/** The faster build that this runtime takes. */
export function bestBuild(): Build {
  return WebAssembly.validate(decode(relaxed)) ? 'relaxed' : 'plain';
}

/** Bytes of a build; `shared` makes its memory import a shared one. */
export function kernelBytes(build: Build, { shared }: { shared: boolean }): Uint8Array<ArrayBuffer> {
  const bytes = decode(build === 'relaxed' ? relaxed : plain);
  return shared ? withSharedMemory(bytes) : bytes;
}

/** The kernels over a memory, which must declare a maximum. Synchronous: compiling takes some milliseconds. */
export function kernelsOver(memory: WebAssembly.Memory, build: Build = bestBuild()): Kernels {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(kernelBytes(build, { shared }));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels; // what index.ts exports
}
