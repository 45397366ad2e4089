import { cpus } from 'node:os';
import { scalar } from '@tensorflow/tfjs-core';
import { peopleRecipe, profile } from 'pyramidion';
import { batches } from 'pyramidion/data';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { pennFudan } from 'pyramidion/node';
import { groupRules } from '../src/train/groupRules.ts';
import { applyGroups } from '../src/train/groups.ts';
import { optimizerOf } from '../src/train/recipe.ts';
import { runStep } from '../src/train/runStep.ts';
import { slotsFor, trainedWeights } from '../src/train/state.ts';
import { trainStep } from '../src/train/step.ts';
import { stepParts } from '../src/train/stepInputs.ts';
import { lossOf } from '../src/train/targets.ts';
import { leastAndMedian, pennFudanFolder, peopleDetector, torchAtHand } from './peopleTorch.ts';

const rounds = 40;
const recipe = peopleRecipe;

/** Steps of the recipe for people on our engine, one thread, from the photographs' files on; milliseconds, and what of them was for data. */
async function ourSteps() {
  await useBackend('wasm');
  const engine = await wasmEngine({ threads: 1 });
  const { samples } = await pennFudan(pennFudanFolder);
  const learn = samples.filter((_, i) => ![1, 4, 8, 11, 15].includes(i % 17));
  const model = await peopleDetector();
  const rules = applyGroups(model, recipe.groups);
  const optimizer = optimizerOf(recipe);
  const trained = trainedWeights(model);
  let slots = slotsFor(optimizer, trained);
  const steps = runStep(model, { recipe, rules, trained, target: engine, seed: 0 });
  const options = { ...recipe.fit, ...recipe.cut, size: model.inputSize, batch: recipe.batch, augment: recipe.augment };
  async function* forever() {
    for (let epoch = 0; ; epoch++) yield* batches(learn, { ...options, seed: 0, epoch, ahead: 0 });
  }
  const source = forever();
  let count = 0;
  const step = async () => {
    const start = performance.now();
    const { value: images } = await source.next();
    if (!images) throw new Error('finetune-step: the epochs ended');
    const data = performance.now() - start;
    const time = {
      step: ++count,
      epoch: 0,
      learningRate: 1e-4,
      statistics: 'batch',
      slots,
      before: undefined,
    } as const;
    const taken = await steps.take(images, time);
    slots = taken.slots;
    const { total = Number.NaN } = taken.loss;
    return { milliseconds: performance.now() - start, data, loss: total };
  };
  /** The commands of a step on the engine, one by one. */
  const commands = async () => {
    const { value: images } = await source.next();
    if (!images) throw new Error('finetune-step: the epochs ended');
    const [part] = stepParts(model, images, { recipe, trained, seed: 0, step: 0 });
    if (part === undefined) throw new Error('finetune-step: a step has no images');
    const own = groupRules(recipe, rules);
    const plain = trainStep({ model, optimizer, own, loss: lossOf(model, recipe), clipNorm: recipe.clipNorm });
    const learningRate = scalar(1e-4);
    const inputs = { ...part.inputs, slots, learningRate };
    const found = profile(plain, [inputs], { target: engine, root: model, rounds: 8 });
    learningRate.dispose();
    part.dispose();
    return found;
  };
  return { step, commands, name: `our engine, ${engine.build}` };
}

/** A step of the recipe for people, data to update, beside PyTorch's with effdet; one thread each, in turn. */
export async function run(): Promise<{ ratio: number }> {
  const torch = torchAtHand('finetune-step');
  if (torch === undefined) return { ratio: Number.NaN };
  try {
    const ours = await ourSteps();
    const taken: { milliseconds: number; data: number; loss: number }[] = [];
    const theirs: { milliseconds: number; loss: number; torch: string }[] = [];
    for (let round = -3; round < rounds; round++) {
      const own = await ours.step();
      const other = await torch.ask('step');
      if (round < 0) continue; // they warm up
      taken.push(own);
      theirs.push({ loss: Number.NaN, ...other });
    }
    const { text, milliseconds } = await ours.commands();
    console.log(`\n${text}\n`);
    const [mine, other] = [taken, theirs].map((all) => leastAndMedian(all.map(({ milliseconds }) => milliseconds)));
    const data = leastAndMedian(taken.map((one) => one.data));
    const mean = (all: readonly { loss: number }[]) => all.reduce((sum, { loss }) => sum + loss, 0) / all.length;
    const said = (name: string, times = mine, loss = 0) =>
      `${name.padEnd(28)} ${times?.least.toFixed(0)} ms, median ${times?.median.toFixed(0)}; mean loss ${loss.toFixed(2)}`;
    console.log(
      `${cpus()[0]?.model}, Node ${process.versions.node}, PyTorch ${theirs[0]?.torch}, batch ${recipe.batch} of 320x320, one thread, ${rounds} rounds interleaved, least`,
    );
    console.log(said(ours.name, mine, mean(taken)));
    console.log(`  of it decoding, augmenting ${data.least.toFixed(0)} ms, median ${data.median.toFixed(0)}`);
    console.log(`  of it the engine's commands ${milliseconds.toFixed(0)} ms`);
    console.log(said('PyTorch eager, channels last', other, mean(theirs)));
    const ratio = (mine?.least ?? Number.NaN) / (other?.least ?? Number.NaN);
    console.log(`finetune-step ratio=${ratio.toFixed(2)}`);
    return { ratio };
  } finally {
    torch.end();
  }
}
