import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setBackend } from '@tensorflow/tfjs-core';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { prepare } from './train-step.ts';

const rounds = 12;

/** The step of `train-step` on our engine, one thread, beside tfjs-node where PYRAMIDION_TFJS_NODE names a folder that has it. */
export async function run(): Promise<{ ratio: number }> {
  const folder = process.env.PYRAMIDION_TFJS_NODE;
  await useBackend('wasm');
  const engines = {
    fastest: await wasmEngine({ threads: 1 }),
    relaxed: await wasmEngine({ threads: 1, build: 'relaxed' }),
  };
  const runs = Object.values(engines).map((engine) => ({
    name: `our engine, ${engine.build}`,
    backend: 'wasm',
    step: prepare(engine),
    times: [] as number[],
  }));
  if (folder !== undefined) {
    await useBackend('tensorflow', {
      load: async () => createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node'),
    });
    runs.push({ name: 'tfjs-node, plain ops', backend: 'tensorflow', step: prepare('plain'), times: [] });
  }
  for (let round = -2; round < rounds; round++)
    for (const { backend, step, times } of runs) {
      await setBackend(backend);
      const time = await step();
      if (round >= 0) times.push(time); // the first two warm up
    }
  await setBackend('wasm');
  const { milliseconds, text } = prepare('plain').profile(engines.fastest);
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${rounds} rounds interleaved, one thread\n`);
  console.log(`${text}\n`);
  const theirs = Math.min(...(runs[2]?.times ?? [Number.NaN]));
  for (const { name, times } of runs) {
    const fastest = Math.min(...times);
    console.log(`${name}: ${fastest.toFixed(0)} ms a step, minimum, ${(fastest / theirs).toFixed(2)} of tfjs-node`);
  }
  console.log(
    `our engine, commands alone: ${milliseconds.toFixed(0)} ms, ${(milliseconds / theirs).toFixed(2)} of tfjs-node`,
  );
  const ratio = Math.min(...(runs[0]?.times ?? [])) / theirs;
  console.log(
    folder === undefined
      ? 'engine-train: tfjs-node was not run; set PYRAMIDION_TFJS_NODE'
      : `engine-train ratio=${ratio.toFixed(2)}`,
  );
  return { ratio };
}
