/** One rung at the study's size, measured in a process of its own: prints a line of JSON for `ladder`. */
import '@tensorflow/tfjs-backend-wasm';
import { dispose, randomUniform, setBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import { compile, count, type Predictor, type Report, studyRecipe, summary, train } from 'pyramidion';
import { type Sample, scenes } from 'pyramidion/data';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { ladder } from '../examples/ladder.ts';

/** What is measured of a rung; times in milliseconds. */
export interface MeasuredRung {
  readonly parameters: number;
  /** Multiply-adds of an image. */
  readonly macs: number;
  /** Most bytes of maps that are alive at once, forward. */
  readonly peakBytes: number;
  readonly forward: { readonly ours: number; readonly tfjs: number };
  /** A step of one image; a text says why there is none. */
  readonly step: { readonly ours: number | string; readonly tfjs: number | string };
  /** That the engine's memory grew to for the step. */
  readonly stepBytes: number;
}

const rounds = { forward: 3, step: 3 };

/** Both run in turn; the minimum of each. */
async function forwardTimes(model: Predictor): Promise<MeasuredRung['forward']> {
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
async function stepTime(model: Predictor, data: readonly Sample[], engine?: Awaited<ReturnType<typeof wasmEngine>>) {
  let [before, least] = [performance.now(), Number.POSITIVE_INFINITY];
  const onReport = ({ kind }: Report) => {
    if (kind !== 'step') return;
    const now = performance.now();
    least = Math.min(least, now - before); // the first plans, and is never the least
    before = now;
  };
  const recipe = { ...studyRecipe, batch: 1, epochs: rounds.step, augment: [] };
  try {
    await train(model, { data, recipe, onReport, on: engine ?? 'backend' });
    return least;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 120) : String(error);
  }
}

const isRung = (name: string | undefined): name is keyof typeof ladder => name !== undefined && name in ladder;
const [, , name, withTfjs] = process.argv;
if (!isRung(name)) throw new RangeError(`ladderRung: there is no rung '${name}'`);
const model = ladder[name]();
const { parameters } = count(model);
const { macs, memory } = summary(model, [1, 512, 640, 3], { name });
const forward = await forwardTimes(model);
await useBackend('wasm');
const painted = scenes({ seed: 0, size: [512, 640], sequences: 1, framesPerSequence: 1, people: [3, 3] });
const engine = await wasmEngine({ threads: 1 });
const ours = await stepTime(model, painted, engine);
const tfjs = withTfjs === 'yes' ? await stepTime(ladder[name](), painted) : 'not run';
const stepBytes = engine.memory().grown;
const measured: MeasuredRung = {
  parameters,
  macs,
  peakBytes: memory.peakBytes,
  forward,
  step: { ours, tfjs },
  stepBytes,
};
console.log(JSON.stringify(measured));
