import { setBackend } from '@tensorflow/tfjs-core';
import { useBackend, type WasmEngine, wasmEngine } from 'pyramidion/engine';
import { conclude, inTurn, prepare } from './train-step.ts';

/** How far the losses of some steps on an engine are from those of plain ops, as a part of them. @throws Error where it is more than 1e-3 */
async function follow(engine: WasmEngine, steps = 50): Promise<void> {
  // Larger steps of so deep a network multiply any rounding from step to step: at three times the rate, 3e-3 after 50.
  const options = { inputSize: [96, 96], rate: 1e-5, clipNorm: 10 } as const;
  const [plain, own] = [prepare('plain', options), prepare(engine, options)];
  const losses: number[] = [];
  let far = 0;
  for (let i = 0; i < steps; i++) {
    await plain();
    await own();
    losses.push(plain.loss());
    far = Math.max(far, Math.abs(own.loss() / plain.loss() - 1));
  }
  const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
  const text = `${steps} steps at 96x96, loss ${first.toFixed(3)} to ${last.toFixed(3)}: within ${far.toExponential(1)} of plain ops`;
  if (!(far < 1e-3)) throw new Error(`engine-train: ${text}; it must be within 1e-3`);
  console.log(text);
}

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
  await follow(engines[0]);
  return conclude('engine-train', least[0], theirs);
}
