import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageCache } from '../data/batchCache.ts';
import { FormatError } from '../data/formatError.ts';
import { jsonObject, jsonWhole, parseJson } from '../data/formats/json.ts';
import type { Sample } from '../data/sample.ts';
import { scenes } from '../data/scenes.ts';
import { caltechProtocols, type Protocol } from '../evaluate/protocol.ts';
import { scaledProtocol } from '../evaluate/scaledProtocol.ts';
import { checkpointFolder, readCheckpointFile } from '../node/checkpoints.ts';
import { writeFileAtomic } from '../node/files.ts';
import { stopOnInterrupt } from '../node/interrupt.ts';
import { jsonLines } from '../node/log.ts';
import { progressBar } from '../node/terminal.ts';
import { useBackend } from '../tfjs/backend.ts';
import type { Recipe } from '../train/recipe.ts';
import { train } from '../train/train.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { dataHelp, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { protocolOf } from './figures.ts';
import { note, say, sayJson, UsageError } from './io.ts';
import { readModel } from './model.ts';
import { numberWithin, wholeNumber } from './options.ts';
import { percent } from './table.ts';
import { recipeNames, recipeOf } from './trainRecipe.ts';

interface Given {
  readonly model?: string;
  readonly weights?: string;
  readonly out: string;
  readonly data?: string;
  readonly held?: string;
  readonly protocol?: string;
  readonly scenes: number;
  readonly recipe?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly seed?: number;
  readonly cache: number;
  readonly backend: string;
  readonly resume?: true;
  readonly json?: true;
}

/** `train`: trains a detector, on scenes unless a data set is given. */
export const define: Define = (command, io) =>
  command
    .option('--model <file>', 'description of the model, JSON; with --resume that of --out')
    .option('--weights <file>', 'weights that are begun with: .safetensors')
    .requiredOption('--out <dir>', 'for model.json, checkpoints and log.jsonl')
    .option('--data <data>', 'what is learned from; default seeded street scenes')
    .option('--held <data>', 'what is held out, and judged after each epoch')
    .option('--protocol <name>', "how it is judged: plain, or as 'Caltech Reasonable'")
    .option('--scenes <n>', 'how many, without --data', wholeNumber(1), 5600)
    .option('--recipe <name>', `${recipeNames.join(', ')}, or a file of JSON; default scenes, study with --data`)
    .option('--epochs <n>', "in the place of the recipe's", wholeNumber(1))
    .option('--batch <n>', "in the place of the recipe's", wholeNumber(1))
    .option('--rate <n>', "learning rate, in the place of the recipe's", numberWithin(1e-12, 100))
    .option('--seed <n>', "of order, augmentation and scenes; default 0, or the checkpoint's", wholeNumber(0))
    .option('--cache <MB>', 'decoded images that are kept', wholeNumber(0), 1000)
    .option('--backend <name>', 'of TensorFlow.js: wasm or tensorflow', 'wasm')
    .option('--resume', 'goes on from the last checkpoint in --out')
    .option('--json', 'prints how it ended as JSON')
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'train --model model.json --out run',
        'train --model model.json --data voc:VOC2007,split=train \\\n      --held voc:VOC2007,split=val --out run --epochs 30',
        'train --out run --resume',
      ),
    )
    .action(async (given: Given) => {
      const { out, data } = given;
      if (given.model === undefined && !given.resume) throw new UsageError('give --model, or --resume an earlier run');
      if (given.resume && given.weights !== undefined)
        throw new UsageError('--resume takes the weights of its checkpoint; leave --weights out');
      if (data === undefined && given.held !== undefined) throw new UsageError('--held needs --data');
      const protocol = given.protocol === undefined ? undefined : protocolOf(given.protocol);
      const description = given.model ?? join(out, 'model.json');
      const recipe = changed(await recipeOf(given.recipe ?? (data === undefined ? 'scenes' : 'study')), given);
      const model = await readModel(description, given.weights);
      const resume = given.resume ? await readCheckpointFile(out, 'last') : undefined;
      const seed = given.seed ?? (resume ? seedOf(resume, out) : 0);
      const { learn, held, usual } = await samplesOf(given, model.inputSize, seed);
      await useBackend(given.backend);
      if (given.model !== undefined)
        await writeFileAtomic(join(out, 'model.json'), await readFile(given.model, 'utf8'));
      const { signal, dispose } = stopOnInterrupt();
      const [tell, log] = [progressBar(io.stderr), jsonLines(join(out, 'log.jsonl'))];
      const judged = protocol ?? usual;
      try {
        const { why, state, validation } = await train(model, {
          data: learn,
          recipe,
          signal,
          checkpoints: checkpointFolder(out),
          cache: imageCache({ bytes: given.cache * 1e6 }),
          onReport: (report) => {
            tell(report);
            log(report);
          },
          ...(held ? { validation: { data: held, ...(judged ? { protocol: judged } : {}) } } : {}),
          seed,
          ...(resume ? { resume } : {}),
        });
        const rate = validation?.missRate?.logAverage;
        if (given.json) return sayJson(io, { why, out, steps: state.step, validation });
        say(
          io,
          `${state.step} steps; ${rate === undefined ? '' : `log-average miss rate ${percent(rate)}; `}see ${out}`,
        );
        if (why === 'stopped')
          note(io, `saved; go on with: pyramidion train --out ${out} --resume and the same options`);
      } finally {
        dispose();
      }
    });

/** A recipe with what was given in its place. */
function changed(recipe: Recipe, { epochs, batch, rate }: Given): Recipe {
  return {
    ...recipe,
    ...(epochs === undefined ? {} : { epochs }),
    ...(batch === undefined ? {} : { batch }),
    ...(rate === undefined ? {} : { schedule: { ...recipe.schedule, rate } }),
  };
}

/** The seed of a checkpoint, which scenes go by too. @throws FormatError for a file that is none */
function seedOf(checkpoint: Uint8Array, out: string): number {
  const name = join(out, 'last.safetensors');
  const { record } = readSafetensors(checkpoint, name).metadata;
  if (record === undefined) throw new FormatError(`${name} is no checkpoint; it has no record of a run`);
  const { state } = jsonObject(parseJson(record, name), name);
  return jsonWhole(jsonObject(state, `${name}: state`).seed, `${name}: state.seed`);
}

interface Samples {
  readonly learn: readonly Sample[];
  readonly held?: readonly Sample[];
  /** By what it is judged unless it is said. */
  readonly usual?: Protocol;
}

async function samplesOf(
  { data, held, scenes: count }: Given,
  size: readonly [number, number],
  seed: number,
): Promise<Samples> {
  if (data !== undefined) {
    const { samples: learn } = await readData(data);
    return held === undefined ? { learn } : { learn, held: (await readData(held)).samples };
  }
  const kind = { seed, size, heights: [94, 375], people: [1, 7], secondsPerFrame: 2, framesPerSequence: 1 } as const;
  const [height, width] = size;
  const columns = Math.round((480 * width) / height); // as wide as ours, of the 480 rows that heights are of
  const reasonable = { ...caltechProtocols[0], bounds: [5, 5, 475, columns - 5] } as const;
  return {
    learn: scenes({ ...kind, sequences: count }),
    held: scenes({ ...kind, sequences: Math.min(200, Math.max(8, Math.round(count / 28))), first: 100_000 }), // other streets
    usual: scaledProtocol(reasonable, { from: [480, columns], to: size }),
  };
}
