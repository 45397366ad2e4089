import { plain, relaxed } from './kernels.generated.ts';
import type { Kernels } from './kernels.ts';

/** Bytes of base64 text. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Two builds of one source: `relaxed` multiplies and adds with one rounding, where the runtime knows how. */
export type Build = 'relaxed' | 'plain';

/** The faster build that this runtime takes. */
export function bestBuild(): Build {
  return WebAssembly.validate(decode(relaxed)) ? 'relaxed' : 'plain';
}

/** A module whose memory import takes a shared memory: one byte of it says which. */
export function withSharedMemory(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = module.slice();
  const name = [...'memory'].map((c) => c.charCodeAt(0));
  const at = bytes.findIndex((_, i) => name.every((c, j) => bytes[i + j] === c)) + name.length; // kind 2, then the limits' flag
  if (bytes[at] !== 2 || bytes[at + 1] !== 1)
    throw new TypeError('kernels: their memory import was not found; build them again');
  bytes[at + 1] = 3;
  return bytes;
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
