// A run that may be killed at any moment: node killedProgram.ts FOLDER RECIPE SEED STEPS. It goes on where its folder is, and says each step.
import '@tensorflow/tfjs-layers';
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFolder, readCheckpointFile } from '../../src/node/checkpoints.ts';
import { jsonLines } from '../../src/node/log.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { train } from '../../src/train/train.ts';
import { recipe, samples, toy } from '../train/toy.ts';

const [folder = '', name = '', seed = '', steps = ''] = process.argv.slice(2);
const augment = [{ name: 'flip', probability: 0.5 }, { name: 'colour' }] as const;
/** What a resume has to bring back differs: slots, averages, what a schedule remembers, parts of a step. */
const recipes: Readonly<Record<string, Recipe>> = {
  averages: { ...recipe, augment, ema: { decay: 0.9, warmUp: { name: 'power' } } },
  plateau: {
    ...recipe,
    augment,
    optimizer: { name: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1e-3 },
    schedule: { name: 'plateau', rate: 1e-3, patience: 0, factor: 0.9 },
  },
  parts: {
    ...recipe,
    augment,
    optimizer: { name: 'adamW' },
    schedule: { name: 'cosine', rate: 1e-3, warmUp: 5 },
    batch: 1,
    accumulate: 2,
    stopEarly: { patience: 1e6 },
  },
};
const chosen = recipes[name];
if (!chosen) throw new RangeError(`there is no recipe ${name}; there are ${Object.keys(recipes)}`);

await useBackend('wasm');
const log = jsonLines(join(folder, 'log.jsonl'));
await train(toy(), {
  data: samples,
  recipe: { ...chosen, epochs: Number(steps) / 3 },
  seed: Number(seed),
  validation: { data: samples.slice(0, 3), every: 2 },
  checkpoints: checkpointFolder(folder),
  keep: 2,
  saveEvery: 2,
  ...(existsSync(join(folder, 'last.safetensors')) ? { resume: await readCheckpointFile(folder, 'last') } : {}),
  onReport: (report) => {
    log(report);
    writeSync(1, `${report.kind}\n`);
  },
});
