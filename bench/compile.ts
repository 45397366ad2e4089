import { cpus } from 'node:os';
import '@tensorflow/tfjs-backend-wasm';
import {
  dispose,
  engine,
  getKernelsForBackend,
  memory,
  randomUniform,
  registerKernel,
  setBackend,
  type Tensor,
  type Tensor4D,
  version_core as tfjs,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { type Block, efficientNetB0 } from 'pyramidion';
import { useBackend } from 'pyramidion/engine';
import { ladder } from '../examples/ladder.ts';
import { type Compiled, compile } from '../src/trace/compile.ts';
import { memoryOf } from '../src/trace/memory.ts';

type Model = Block<Tensor4D, object>;
type Kernels = ReturnType<typeof getKernelsForBackend>;

const models: readonly { name: string; make: () => Model; sides: readonly [number, number]; rounds: number }[] = [
  { name: 'B0 at 224', make: () => efficientNetB0(), sides: [224, 224], rounds: 24 },
  { name: 'rung 7 at 512x640', make: () => ladder.weightedFpn(), sides: [512, 640], rounds: 7 },
];

/** Puts other kernels in the place of those that a backend has. */
function swap(kernels: Kernels): void {
  for (const { kernelName, backendName } of getKernelsForBackend('wasm')) unregisterKernel(kernelName, backendName);
  for (const kernel of kernels) registerKernel(kernel);
}

/** Milliseconds of one call; its results are disposed. */
function timed(run: () => object): number {
  const start = performance.now();
  const made = run();
  const time = performance.now() - start;
  dispose({ ...made });
  return time;
}

/** The most bytes of tensors that there were at once while a function ran, above those before. */
function peakOf(run: () => object): number {
  const { runKernel } = engine();
  const before = memory().numBytes;
  let peak = 0;
  engine().runKernel = function (this: ReturnType<typeof engine>, ...args: Parameters<typeof runKernel>) {
    const made = runKernel.apply(this, args);
    peak = Math.max(peak, memory().numBytes - before);
    return made;
  } as typeof runKernel;
  try {
    dispose({ ...run() });
  } finally {
    engine().runKernel = runKernel;
  }
  return peak;
}

/** A model as plain ops and compiled, with tfjs's wasm kernels and with ours: rounds interleaved, the minimum of each. */
function measure({ make, sides, rounds }: (typeof models)[number], sets: readonly Kernels[]) {
  const model = make();
  const image: Tensor4D = randomUniform([1, ...sides, 3], 0, 255, 'float32', 1);
  const runs = sets.flatMap((kernels) => {
    const compiled: Model & Compiled = compile(model);
    return [model, compiled].map((run) => ({ kernels, run: () => run(image), compiled, times: [] as number[] }));
  });
  for (let round = -2; round < rounds; round++)
    for (const { kernels, run, times } of runs) {
      swap(kernels);
      const time = timed(run);
      if (round >= 0) times.push(time); // the first two warm up
    }
  const [stock, stockReplay, plain, replay] = runs.map(({ times }) => Math.min(...times));
  const last = runs.at(-1);
  const [graph] = last?.compiled.graphs() ?? [];
  const live = last ? peakOf(last.run) + 4 * image.size : 0;
  const plainLive = peakOf(() => model(image)) + 4 * image.size;
  const distance = far(model(image), last?.run() ?? {});
  return { stock, stockReplay, plain, replay, live, plainLive, bound: graph ? memoryOf(graph).peakBytes : 0, distance };
}

/** The largest difference of two results, as a part of the largest number. */
function far(wanted: object, made: object): number {
  const others = new Map(Object.entries<Tensor>({ ...made }));
  return Math.max(
    ...Object.entries<Tensor>({ ...wanted }).map(([name, tensor]) => {
      const numbers = (of: Tensor | undefined) => [...(of?.dataSync<'float32'>() ?? [])];
      const [a, b] = [numbers(tensor), numbers(others.get(name))];
      const largest = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? Number.NaN))), 0) / largest;
    }),
  );
}

const ms = (time = Number.NaN) => `${time.toFixed(1)} ms`;
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

/** Replay of the optimised graph beside plain ops, on tfjs's wasm backend, one thread. */
export async function run(): Promise<{ ratio: number }> {
  const own = getKernelsForBackend('wasm');
  await setBackend('wasm');
  await useBackend('wasm');
  const ours = getKernelsForBackend('wasm');
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, rounds interleaved, minimum`);
  const ratios = models.map((model) => {
    const { stock, stockReplay, plain, replay, live, plainLive, bound, distance } = measure(model, [own, ours]);
    const part = (a = Number.NaN, b = Number.NaN) => (a / b).toFixed(2);
    console.log(`\n${model.name}, ${model.rounds} rounds, results within ${distance.toExponential(1)} of plain ops`);
    console.log(`  kernels of tfjs: plain ops ${ms(stock)}, replay ${ms(stockReplay)}, ${part(stockReplay, stock)}`);
    console.log(`  our kernels:     plain ops ${ms(plain)}, replay ${ms(replay)}, ${part(replay, plain)}`);
    console.log(`  replay on our kernels against plain ops on those of tfjs: ${part(replay, stock)}`);
    console.log(`  live tensors: replay ${mb(live)}, bound of the graph ${mb(bound)}, plain ops ${mb(plainLive)}`);
    if (live !== bound) throw new Error(`compile: ${live} bytes were live, the graph says ${bound}`);
    return { stock: (replay ?? 0) / (stock ?? 0), ours: (replay ?? 0) / (plain ?? 0) };
  });
  const worst = (of: (ratio: (typeof ratios)[number]) => number) => Math.max(...ratios.map(of));
  console.log(`\nagainst plain ops on our own kernels: ${worst(({ ours }) => ours).toFixed(2)}`);
  const ratio = worst(({ stock }) => stock);
  console.log(`compile ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
