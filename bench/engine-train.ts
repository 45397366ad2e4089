import { setBackend } from '@tensorflow/tfjs-core';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { conclude, inTurn, prepare } from './train-step.ts';

/** The step of `train-step` on our engine, one thread, as `train` runs it, beside tfjs-node. */
export async function run(): Promise<{ ratio: number }> {
  await useBackend('wasm');
  const engines = [await wasmEngine({ threads: 1 }), await wasmEngine({ threads: 1, build: 'relaxed' })] as const;
  const runs = engines.map((engine) => ({
    name: `our engine, ${engine.build}`,
    backend: 'wasm' as const,
    step: prepare(engine),
  }));
  const { least, theirs } = await inTurn(runs);
  await setBackend('wasm');
  const { milliseconds, text } = prepare('plain').profile(engines[0]);
  console.log(`\n${text}\n`);
  const part = (time: number) => (theirs === undefined ? '' : `, ${(time / theirs).toFixed(2)} of tfjs-node`);
  for (const [i, { name }] of runs.entries()) {
    const time = least[i] ?? Number.NaN;
    console.log(`${name}: ${time.toFixed(0)} ms a step${part(time)}`);
  }
  console.log(`its commands alone: ${milliseconds.toFixed(0)} ms${part(milliseconds)}`);
  for (const { build, memory } of engines)
    console.log(`memory of the ${build} engine: ${(memory().used / 1e6).toFixed(0)} MB`);
  return conclude('engine-train', least[0], theirs);
}
