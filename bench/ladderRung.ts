/** One rung at the study's size, measured in a process of its own: prints a line of JSON for the bench `ladder`. */
import '@tensorflow/tfjs-backend-wasm';
import { dispose, randomUniform, setBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import { compile, count, type Predictor, studyRecipe, summary } from 'pyramidion';
import { scenes } from 'pyramidion/data';
import { useBackend, type WasmEngine, wasmEngine } from 'pyramidion/engine';
import { ladder } from '../examples/ladder.ts';
import { type FullSizeRung, machineOf, stepSeconds } from '../examples/ladder-study/costs.ts';

const rounds = { forward: 3, step: 3, tfjsStep: 2 };

/** Both run in turn; the minimum of each. */
async function forwardTimes(model: Predictor): Promise<FullSizeRung['forward']> {
  await setBackend('wasm'); // with the kernels of tfjs alone
  const image: Tensor4D = randomUniform([1, ...model.inputSize, 3], 0, 255, 'float32', 1);
  const engine = await wasmEngine({ threads: 1 });
  const runs = [compile(model, { target: engine }), compile(model)];
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = -1; round < rounds.forward; round++)
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      const { boxes, logits } = run(image);
      boxes.dataSync();
      logits.dataSync();
      const time = performance.now() - start;
      dispose([boxes, logits]);
      if (round >= 0) least[i] = Math.min(least[i] ?? time, time); // the first warms up
    }
  for (const run of runs) run.dispose();
  image.dispose();
  engine.dispose();
  const [ours = Number.NaN, tfjs = Number.NaN] = least;
  return { ours, tfjs };
}

/** Steps as `train` takes them; the least, or why there is none. */
async function stepTime(model: Predictor, steps: number, on: WasmEngine | 'backend'): Promise<number | string> {
  const data = scenes({ seed: 0, size: [512, 640], sequences: 1, framesPerSequence: 1, people: [3, 3] });
  const recipe = { ...studyRecipe, batch: 1, epochs: steps, augment: [] };
  try {
    return 1000 * Math.min(...(await stepSeconds(model, { data, recipe, on }))); // the first plans, and is never the least
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 120) : String(error);
  }
}

async function onOurs(name: keyof typeof ladder) {
  const model = ladder[name]();
  const { parameters } = count(model);
  const { macs, memory } = summary(model, [1, 512, 640, 3], { name });
  const forward = await forwardTimes(model);
  await useBackend('wasm');
  const engine = await wasmEngine({ threads: 1 });
  const step = await stepTime(model, rounds.step, engine);
  const stepBytes = engine.memory().grown;
  return { machine: machineOf(engine), parameters, macs, peakBytes: memory.peakBytes, forward, step, stepBytes };
}

/** What a process of `ladderRung NAME` prints. */
export type OnOurs = Awaited<ReturnType<typeof onOurs>>;
/** What a process of `ladderRung NAME tfjs` prints. */
export interface OnTfjs {
  readonly step: number | string;
}

async function onTfjs(name: keyof typeof ladder): Promise<OnTfjs> {
  await useBackend('wasm');
  return { step: await stepTime(ladder[name](), rounds.tfjsStep, 'backend') };
}

const isRung = (name: string | undefined): name is keyof typeof ladder => name !== undefined && name in ladder;
const [, , name, where] = process.argv;
if (!isRung(name)) throw new RangeError(`ladderRung: there is no rung '${name}'`);
console.log(JSON.stringify(await (where === 'tfjs' ? onTfjs(name) : onOurs(name))));
