// What the machine can do in wasm at most, by build: multiply-adds in registers, bytes read and copied, from each cache and from
// memory. Beside it what a 1x1 convolution of ours does, as a part of the multiply-adds: the last line.
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';
import { passes } from '../scripts/engine.mjs';
import { pointwise } from '../src/engine/commands/codes.ts';
import { type EngineBuild, engineInstance, engineModule, fastestBuild } from '../src/engine/run/module.ts';

const builds: readonly EngineBuild[] = ['plain', 'relaxed', 'wide'];
const here = builds.slice(0, builds.indexOf(fastestBuild()) + 1);

/** Pairs of sums that do not wait for each other: enough to hide how long one takes, and no more than registers. */
const sumsOf = (build: EngineBuild) => Array.from({ length: build === 'wide' ? 10 : 5 }, (_, i) => i);
const both = (line: string) => [0, 1].map((half) => line.replaceAll('#', `${half}`)).join(' ');
const source = (build: EngineBuild, sums = sumsOf(build)) => `
// V8 compiles the same bytes once, with the flags of the first time: each build exports a function of its own.
export function ${build}(): void {}
// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, c: v128): v128 { return ${build !== 'plain' ? 'f32x4.relaxed_madd(a, b, c)' : 'f32x4.add(f32x4.mul(a, b), c)'}; }
export function products(at: usize, rounds: i32): void {
  const x0 = v128.load(at), x1 = v128.load(at, 16), y0 = v128.load(at, 32), y1 = v128.load(at, 48);
  let ${sums.map((i) => `s${i}0 = v128.load(at, ${64 + 32 * i}), s${i}1 = v128.load(at, ${80 + 32 * i})`).join(', ')};
  for (; rounds > 0; rounds--) {
    ${Array.from({ length: 4 }, () => sums.map((i) => both(`s${i}# = madd(x#, y#, s${i}#);`)).join(' ')).join('\n    ')}
  }
  ${sums.map((i) => both(`v128.store(at, s${i}#, ${64 + 32 * i} + 16 * #);`)).join(' ')}
}
export function read(at: usize, bytes: usize, to: usize): void {
  let ${[0, 1, 2, 3].map((i) => `s${i}0 = v128.load(to, ${32 * i}), s${i}1 = v128.load(to, ${32 * i + 16})`).join(', ')};
  for (const end = at + bytes; at < end; at += 128) {
    ${[0, 1, 2, 3].map((i) => both(`s${i}# = v128.or(s${i}#, v128.load(at, ${32 * i} + 16 * #));`)).join(' ')}
  }
  ${[0, 1, 2, 3].map((i) => both(`v128.store(to, s${i}#, ${32 * i} + 16 * #);`)).join(' ')}
}
export function copy(from: usize, bytes: usize, to: usize): void {
  for (const end = from + bytes; from < end; from += 64) {
    ${[0, 1].map((i) => both(`const v${i}# = v128.load(from, ${32 * i} + 16 * #);`)).join(' ')}
    ${[0, 1].map((i) => both(`v128.store(to, v${i}#, ${32 * i} + 16 * #);`)).join(' ')}
    to += 64;
  }
}`;

interface Peaks {
  readonly products: (at: number, rounds: number) => void;
  readonly read: (at: number, bytes: number, to: number) => void;
  readonly copy: (from: number, bytes: number, to: number) => void;
}

/** The loops of a build over a memory, compiled as the engine is. */
async function peaksOf(build: EngineBuild, memory: WebAssembly.Memory): Promise<Peaks> {
  const made: Uint8Array<ArrayBuffer>[] = [];
  const features = ['simd', ...(build === 'plain' ? [] : ['relaxed-simd'])].flatMap((name) => ['--enable', name]);
  const { error, stderr } = await asc.main(
    [
      ...['peaks.ts', '--outFile', 'peaks.wasm', '--optimizeLevel', '0', '--runPasses', passes],
      ...[
        '--noAssert',
        '--runtime',
        'stub',
        '--importMemory',
        '--noExportMemory',
        '--maximumMemory',
        '65536',
        ...features,
      ],
    ],
    {
      readFile: (name) => (name === 'peaks.ts' ? source(build) : null),
      writeFile: (_name, written) => {
        if (typeof written !== 'string') made.push(Uint8Array.from(written));
      },
    },
  );
  const [bytes] = made;
  if (error || bytes === undefined) throw new Error(`roofline: ${stderr.toString()}`);
  const flags = ['liftoff', 'wasm-lazy-compilation', 'wasm-tier-up'];
  if (build === 'wide') setFlagsFromString('--experimental-wasm-revectorize');
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
  const module = new WebAssembly.Module(bytes);
  for (const flag of flags) setFlagsFromString(`--${flag}`);
  setFlagsFromString('--no-experimental-wasm-revectorize');
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Peaks; // what the source exports
}

/** Least milliseconds of some runs. */
function least(run: () => void, most = 0.4): number {
  const end = performance.now() + 1000 * most;
  let best = Number.POSITIVE_INFINITY;
  while (performance.now() < end) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** GFLOP/s of a convolution 1x1 of 672 channels to 112 over 32 x 40 pixels, one of EfficientNet-B4 at 512 x 640. */
async function convolution(build: EngineBuild, memory: WebAssembly.Memory): Promise<number> {
  const { init, run } = engineInstance(await engineModule(build, { shared: false }), memory);
  init();
  const [pixels, inputs, outputs] = [1280, 672, 112];
  const [p, x] = [1 << 16, 1 << 17];
  const panels = x + 4 * pixels * inputs;
  const bias = panels + 4 * inputs * outputs;
  const y = bias + 4 * outputs;
  const scratch = Math.ceil((y + 4 * pixels * outputs) / 64) * 64;
  const words = [pointwise, 14, x, panels, bias, y, pixels, inputs, outputs, 0, 0, 0, scratch, 1 << 20];
  new Int32Array(memory.buffer, p, words.length).set(words);
  new Float32Array(memory.buffer, x, (scratch - x) / 4).fill(0.01);
  return (2e-6 * pixels * inputs * outputs) / least(() => run(p, 1, 0, 1));
}

/** Bytes of what is read, and the cache that it fits in. */
const sizes = [
  ['16 KB', 1 << 14],
  ['256 KB', 1 << 18],
  ['4 MB', 1 << 22],
  ['128 MB', 1 << 27],
] as const;

/** `npm run bench -- roofline`. */
export async function run(): Promise<{ ratio: number }> {
  console.log(`${cpus()[0]?.model}, Node ${process.version}, one thread\n`);
  console.log(
    `${'build'.padEnd(9)} madd GF/s  conv GF/s  ${sizes.map(([name]) => `read, copy GB/s of ${name}`).join('  ')}`,
  );
  let ratio = 0;
  for (const build of here) {
    const memory = new WebAssembly.Memory({ initial: 5000, maximum: 65536 });
    new Uint8Array(memory.buffer, 1 << 16).fill(1); // pages that nobody wrote are all the same page
    const peaks = await peaksOf(build, memory);
    const [at, rounds] = [1 << 16, 20000];
    const madds = (rounds * 4 * 2 * sumsOf(build).length * 4 * 2) / 1e6 / least(() => peaks.products(at, rounds));
    const made = await convolution(build, memory);
    ratio = made / madds;
    const moved = sizes.map(([name, bytes]) => {
      const times = Math.max(1, 2 ** 22 / bytes); // 4 MB at least, for the clock
      const rate = (once: () => void) => {
        const ms = least(() => {
          for (let i = 0; i < times; i++) once();
        });
        return ((times * bytes) / 1e6 / ms).toFixed(0);
      };
      const text = `${rate(() => peaks.read(at, bytes, 4096))}, ${rate(() => peaks.copy(at, bytes, at + bytes + 4096))}`;
      return text.padEnd(`read, copy GB/s of ${name}`.length);
    });
    console.log(
      `${build.padEnd(9)} ${madds.toFixed(0).padStart(9)}  ${made.toFixed(0).padStart(9)}  ${moved.join('  ')}`,
    );
  }
  console.log(`roofline ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
