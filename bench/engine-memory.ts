import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dispose, type Tensor4D, version_core as tfjs, zeros } from '@tensorflow/tfjs-core';
import { compile, efficientNetB4, efficientNetB7, simplify, trace } from 'pyramidion';
import { useBackend, wasmEngine } from 'pyramidion/engine';

/** Most megabytes of B4 at 512x640, in all. */
const megabytes = 120;
/** Most milliseconds for planning B7 at 600: from the graph to the list of commands. */
const planning = 150;
/** Most milliseconds from the imports to B0's first result. */
const first = 1500;
const rounds = 7;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Bytes planned and bytes used, of B4 at 512x640 on one thread. */
async function memoryOfB4(): Promise<{ planned: number; used: number; grown: number }> {
  const model = efficientNetB4();
  const engine = await wasmEngine({ threads: 1 });
  const { arena, weights, own } = engine.prepare(simplify(trace(model, [1, 512, 640, 3]))).planned;
  const fast = compile(model, { target: engine });
  const image: Tensor4D = zeros([1, 512, 640, 3]);
  dispose({ ...fast(image) });
  const { used, grown } = engine.memory();
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  console.log(
    `B4 at 512x640: arena ${mb(arena)} MB, folded and packed weights ${mb(weights)} MB, commands and input ${mb(own)} MB; ` +
      `in use after a run ${mb(used)} MB, the memory has grown to ${mb(grown)} MB with its results`,
  );
  return { planned: arena + weights + own, used, grown };
}

/** Milliseconds of planning, a new model each round. */
async function planB7(): Promise<readonly number[]> {
  const engine = await wasmEngine({ threads: 1 });
  return Array.from({ length: rounds }, () => {
    const graph = simplify(trace(efficientNetB7(), [1, 600, 600, 3]));
    const start = performance.now();
    engine.prepare(graph);
    return performance.now() - start;
  });
}

const program = `
  import { zeros } from '@tensorflow/tfjs-core';
  import { compile, efficientNetB0 } from 'pyramidion';
  import { useBackend, wasmEngine } from 'pyramidion/engine';
  const start = performance.now();
  await useBackend('wasm');
  const fast = compile(efficientNetB0(), { target: await wasmEngine({ threads: 1 }) });
  fast(zeros([1, 224, 224, 3])).C5.dataSync();
  process.stdout.write(String(performance.now() - start));`;

/** Milliseconds from the imports to B0's first result, in a process of its own. */
function firstResult(): number {
  const cwd = new URL('..', import.meta.url);
  const flags = [...process.execArgv, '--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, flags, { cwd, encoding: 'utf8' }));
}

/** What the engine takes before it gives anything: bytes, planning, the first result. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, one thread`);
  const { planned, used, grown } = await memoryOfB4();
  const [cold = 0, ...warm] = await planB7();
  console.log(
    `planning B7 at 600: ${cold.toFixed(0)} ms, then ${median(warm).toFixed(0)} ms (median of ${rounds - 1})`,
  );
  const result = Math.min(...Array.from({ length: 3 }, firstResult));
  console.log(`B0's first result at 224: ${result.toFixed(0)} ms after import (the least of 3 processes)`);
  if (planned !== used) throw new Error(`engine-memory: ${planned} bytes were planned, and ${used} are in use`);
  const ratio = Math.max(grown / 1e6 / megabytes, cold / planning, result / first);
  console.log(`engine-memory ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
