import { decode, withSharedMemory } from '../bytes.ts';
import { nodeBuiltin } from './nodeBuiltin.ts';

/**
 * Three builds of one source. `plain`: 128-bit SIMD. `relaxed`: products and sums with one rounding. `wide`: the same for
 * vectors of 256 bits, which V8 makes of pairs of 128 where it is asked to.
 */
export type EngineBuild = 'plain' | 'relaxed' | 'wide';

/** What a module does over its memory. */
export interface EngineModule {
  /** Writes the numbers that kernels read from fixed addresses; once for a memory. */
  readonly init: () => void;
  /** Runs a thread's share of commands that lie in a row; one thread has all of them. */
  readonly run: (at: number, count: number, thread: number, threads: number) => void;
  /**
   * The same with other threads that run theirs, over a shared memory. 0 where one of them is gone. `sleeps` is 0 where this
   * thread may not sleep while it waits.
   */
  readonly runTogether: (
    at: number,
    count: number,
    thread: number,
    threads: number,
    control: number,
    sleeps: number,
  ) => number;
}

/** Bytes of a build; each is a file of its own, loaded when asked for. */
async function textOf(build: EngineBuild): Promise<string> {
  switch (build) {
    case 'plain':
      return (await import('../plain.generated.ts')).plain;
    case 'relaxed':
      return (await import('../relaxed.generated.ts')).relaxed;
    case 'wide':
      return (await import('../wide.generated.ts')).wide;
  }
}

/** Node's `v8`, as far as it is used here. */
interface V8 {
  readonly setFlagsFromString: (flag: string) => void;
}

/** The Node whose V8 gains by wide vectors: that of 22 knows the flag and gets slower, that of 26 ends the process. */
const wideNode = 24;

/** V8, where it makes vectors of 256 bits. */
function widening(): V8 | undefined {
  const { process } = globalThis as {
    process?: { versions?: { node?: string }; arch?: string };
  };
  if (Number.parseInt(process?.versions?.node ?? '0', 10) !== wideNode || process?.arch !== 'x64') return undefined;
  return nodeBuiltin('node:v8');
}

/** The smallest module with a relaxed instruction: (func (result v128) ... f32x4.relaxed_madd). */
// biome-ignore format: bytes
const relaxedProbe = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
);

/** The fastest build that this runtime takes. */
export function fastestBuild(): EngineBuild {
  if (!WebAssembly.validate(relaxedProbe)) return 'plain';
  return widening() ? 'wide' : 'relaxed';
}

/** Flags for wide vectors, and for compiling at once and as well as it can; each with what takes it back. */
const flags = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  ['--no-liftoff', '--liftoff'],
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
  ['--no-wasm-tier-up', '--wasm-tier-up'],
] as const;

/** Compiles a module while V8's flags are set; they are as before for any other. */
function widely<T>(v8: V8, compile: () => T): T {
  try {
    for (const [set] of flags) v8.setFlagsFromString(set);
    return compile();
  } finally {
    for (const [, unset] of flags) v8.setFlagsFromString(unset);
  }
}

/**
 * Compiles a build.
 *
 * @throws Error for a build that this runtime does not take
 */
export async function engineModule(build: EngineBuild, { shared }: { shared: boolean }): Promise<WebAssembly.Module> {
  const bytes = decode(await textOf(build));
  const code = shared ? withSharedMemory(bytes) : bytes;
  if (build !== 'wide') return WebAssembly.compile(code);
  const v8 = widening();
  if (v8 === undefined)
    throw new Error(
      `engine: vectors of 256 bits need Node ${wideNode} on x64; leave 'build' out, or ask for 'relaxed'`,
    );
  return widely(v8, () => new WebAssembly.Module(code));
}

/**
 * A module over a memory, which must declare a maximum.
 *
 * @param alive asked while a thread waits for others: whether they still are there
 */
export const engineInstance = (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  alive: () => boolean = () => true,
): EngineModule => new WebAssembly.Instance(module, { env: { memory, alive } }).exports as unknown as EngineModule; // what commands/index.ts exports
