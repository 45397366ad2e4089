import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memory, version_core as tfjs } from '@tensorflow/tfjs-core';
import { simplify } from 'pyramidion';
import { useBackend, type WasmEngine, wasmEngine } from 'pyramidion/engine';
import { ladder } from '../examples/ladder.ts';
import { allOf } from '../src/engine/plan/planned.ts';
import { formOf } from '../src/trace/callForm.ts';
import { lower } from '../src/trace/lower.ts';
import { recordCall } from '../src/trace/recordCall.ts';
import { detectors, problem } from './trainProblem.ts';

/** The most bytes that the B0 step, and a step of B4 and of the ladder's last rung at 512x640, may take. */
const limits = { b0: 160e6, b4: 2e9, rung7: 2 ** 32 };
/** The most milliseconds of planning the B0 step, from the function to the list of commands. */
const planning = 1000;
/** Steps in a row, those before them, and what the process may grow by in them, as a part. */
const [many, warming, growth] = [1000, 300, 0.02];
/** Learning rate: small, since these numbers are no images. */
const rate = 1e-3;
/** Steps of each size, the first two of which warm up. */
const rounds = 7;
/** How much more a step may cost for each image or pixel than another one. */
const spread = 1.5;

const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
const newEngine = (recompute: 'auto' | 'none' | 'all' = 'auto') => wasmEngine({ threads: 1, recompute });

/** Plans a step as `train` does, and times it. */
function planned({ model, step, inputs }: ReturnType<typeof problem>, engine: WasmEngine) {
  const start = performance.now();
  const call = step as unknown as (...args: readonly unknown[]) => unknown;
  const { graph } = recordCall(call, formOf([inputs()], 'bench'), { label: 'bench', root: model });
  const lowered = lower(simplify(graph), engine.keeps);
  const names = new Set([...lowered.inputs.keys()].filter((name) => /^(weights|slots)\//.test(name)));
  const ifFinite = new Set([...lowered.outputs.keys()].filter((name) => name.startsWith('loss/')));
  const prepared = engine.prepare(lowered, { names, ifFinite });
  return { ...prepared.planned, all: allOf(prepared.planned), milliseconds: performance.now() - start };
}

/** What one detector's step takes: planned, and after steps of it. */
async function taken(
  name: string,
  given: ReturnType<typeof problem>,
  recompute: 'auto' | 'none' | 'all',
  steps: number,
) {
  const engine = await newEngine(recompute);
  const { arena, donated, weights, own, results, all, milliseconds } = planned(given, engine);
  const step = given.on(engine);
  let time = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) time = Math.min(time, await step());
  const { used, grown } = engine.memory();
  engine.dispose();
  const cells = [mb(arena), mb(donated), mb(weights + own + results), mb(all), mb(used), mb(grown), time.toFixed(0)];
  console.log(`| ${[name, recompute, ...cells].join(' | ')} |`);
  return { all: Math.max(all, used), milliseconds, time };
}

/** Collects garbage, so that what is left is what is held. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

/** Takes the same step again and again: tensors, bytes of the engine, and the process, whose garbage is collected now and then. */
async function again(): Promise<number> {
  const engine = await newEngine();
  const step = problem(detectors.tiny([64, 64]), 1, { rate }).on(engine);
  const now = () => ({ tensors: memory().numTensors, used: engine.memory().used, grown: engine.memory().grown });
  for (let i = 0; i < warming; i++) await step(); // the heap of JavaScript finds its size
  const before = now();
  const resident: number[] = [];
  for (let i = 0; i < many; i++) {
    await step();
    if (i % 50 === 0) collect();
    if (i % 50 === 0) resident.push(process.memoryUsage.rss());
  }
  const after = now();
  engine.dispose();
  if (JSON.stringify(before) !== JSON.stringify(after))
    throw new Error(`engine-train-memory: from ${JSON.stringify(before)} to ${JSON.stringify(after)} in ${many} steps`);
  const [first = Number.NaN, last = Number.NaN] = [resident[0], resident.at(-1)];
  console.log(
    `\n${many} steps of a small detector (EfficientNet of a quarter of B0's width, 64x64, 1 image), after ${warming}: 0 tensors more, ` +
      `0 bytes of the engine more; the process ${mb(first)} MB at first, ${mb(last)} MB in the end`,
  );
  return Math.max(0, last - first) / first;
}

/** Bytes and milliseconds over batches and sides, in turn. Gives how much more the dearest pixel costs than the cheapest. */
async function sizes(): Promise<number> {
  const rows = [
    ...[1, 2, 4, 8].map((batch) => ({ side: 224, batch })),
    ...[256, 384, 512, 640].map((side) => ({ side, batch: 2 })),
  ];
  const runs = [];
  for (const { side, batch } of rows) {
    const engine = await newEngine();
    const given = problem(detectors.b0([side, side]), batch, { rate });
    const { all } = planned(given, engine);
    runs.push({ side, batch, all, engine, step: given.on(engine), time: Number.POSITIVE_INFINITY });
  }
  for (let round = 0; round < rounds; round++) for (const one of runs) one.time = Math.min(one.time, await one.step());
  console.log(
    '\n| B0 + BiFPN + SSD | images | bytes, MB | MB an image | ms a step | ns a pixel |\n|---|---|---|---|---|---|',
  );
  const costs = runs.map(({ side, batch, all, engine, time }) => {
    engine.dispose();
    const cost = (1e6 * time) / (batch * side ** 2);
    const cells = [`${side}x${side}`, batch, mb(all), mb(all / batch), time.toFixed(0), cost.toFixed(0)];
    console.log(`| ${cells.join(' | ')} |`);
    return cost;
  });
  return Math.max(...costs) / Math.min(...costs);
}

/** What training takes of memory on our engine, one thread. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, one thread`);
  const grows = await again(); // first, in a process that has nothing else
  console.log(
    '\n| step | recompute | arena, MB | weights and momentum | the rest | all | used after it | grown to | ms |\n|---|---|---|---|---|---|---|---|---|',
  );
  const b0 = () => problem(detectors.b0([224, 224]), 2, { rate });
  const first = await taken('B0 + BiFPN + SSD, 2 x 224x224', b0(), 'auto', 6);
  for (const how of ['none', 'all'] as const) await taken('the same', b0(), how, 6);
  const b4 = await taken('B4 + BiFPN + SSD, 1 x 512x640', problem(detectors.b4([512, 640]), 1, { rate }), 'auto', 1);
  await taken('the same', problem(detectors.b4([512, 640]), 1, { rate }), 'all', 1);
  const rung7 = await taken('rung 7, 1 x 512x640', problem(ladder.weightedFpn(), 1, { rate }), 'auto', 1);
  const engine = await newEngine();
  const warm = Math.min(...[0, 1, 2].map(() => planned(b0(), engine).milliseconds));
  engine.dispose();
  console.log(`\nplanning the B0 step: ${first.milliseconds.toFixed(0)} ms the first time, then ${warm.toFixed(0)} ms`);
  const dearest = await sizes();
  console.log(`\nthe dearest pixel costs ${dearest.toFixed(2)} times the cheapest`);
  const ratio = Math.max(
    first.all / limits.b0,
    b4.all / limits.b4,
    rung7.all / limits.rung7,
    first.milliseconds / planning,
    grows / growth,
    dearest / spread,
  );
  console.log(`\nengine-train-memory ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
