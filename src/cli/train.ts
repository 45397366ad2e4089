import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { join } from 'node:path';
import { imageCache } from '../data/batchCache.ts';
import { FormatError } from '../data/formatError.ts';
import { jsonObject, jsonWhole, parseJson } from '../data/formats/json.ts';
import type { Sample } from '../data/sample.ts';
import { scenes } from '../data/scenes.ts';
import { caltechProtocols, type Protocol } from '../evaluate/protocol.ts';
import { scaledProtocol } from '../evaluate/scaledProtocol.ts';
import { readCheckpointFile } from '../node/checkpoints.ts';
import { writeFileAtomic } from '../node/files.ts';
import { runFolder } from '../node/runFolder.ts';
import { runFiles } from '../node/runPage.ts';
import { useBackend } from '../tfjs/backend.ts';
import type { Recipe } from '../train/recipe.ts';
import { train } from '../train/train.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { dataHelp, namedData, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { protocolOf } from './figures.ts';
import { note, say, sayJson, UsageError, unlessStopped } from './io.ts';
import { isThere, modelHelp, namedModel } from './modelNamed.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import { percent } from './table.ts';
import { drawable, originOf } from './trainFolder.ts';
import { recipeNames, recipeOf } from './trainRecipe.ts';

interface Given {
  readonly model?: string;
  readonly weights?: string;
  readonly out: string;
  readonly data?: string;
  readonly held?: string;
  readonly protocol?: string;
  readonly every?: number;
  readonly scenes: number;
  readonly recipe?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly seed?: number;
  readonly cache: number;
  readonly backend: 'wasm' | 'tensorflow';
  readonly resume?: true;
  readonly json?: true;
}

/** `train`: trains a detector, on scenes unless a data set is given. */
export const define: Define = (command, io) =>
  command
    .requiredOption('--out <dir>', 'for model.json, checkpoints, log.jsonl, the page and events of TensorBoard')
    .option('--model <model>', 'what is trained; default ladder:fpn, with --resume that of --out')
    .option('--weights <file>', 'weights that are begun with: .safetensors')
    .option('--data <data>', 'what is learned from; default seeded street scenes')
    .option('--held <data>', 'what is held out and judged; default other scenes, none with --data')
    .option('--protocol <name>', "how it is judged: 'Caltech Reasonable', the default of scenes and caltech, or plain")
    .option('--every <n>', 'judged after so many epochs; default 1, with --data 4', wholeNumber(1))
    .option('--scenes <n>', 'how many, without --data', wholeNumber(1), 5600)
    .option('--recipe <name>', `${recipeNames.join(', ')}, or a file of JSON; default scenes, photographs with --data`)
    .option('--epochs <n>', "in the place of the recipe's", wholeNumber(1))
    .option('--batch <n>', "in the place of the recipe's", wholeNumber(1))
    .option('--rate <n>', "learning rate, in the place of the recipe's", numberWithin(1e-12, 100))
    .option('--seed <n>', "of order, augmentation and scenes; default 0, or the checkpoint's", wholeNumber(0))
    .option('--cache <MB>', 'decoded images that are kept', wholeNumber(0), 1000)
    .option('--backend <name>', 'of TensorFlow.js: wasm or tensorflow', choice('wasm', 'tensorflow'), 'wasm')
    .option('--resume', 'goes on from the last checkpoint in --out, with the same options')
    .option('--json', 'prints how it ended as JSON')
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'train --out run',
        'train --out run --resume',
        'train --model ladder:weightedFpn --data pennfudan:PATH --out run',
        'train --model model.json --data voc:VOC2007,split=train \\\n      --held voc:VOC2007,split=val --out run --epochs 30',
      ),
    )
    .action(async (given: Given) => {
      const { out, data } = given;
      if (given.resume && given.weights !== undefined)
        throw new UsageError('--resume takes the weights of its checkpoint; leave --weights out');
      if (data === undefined && given.held !== undefined) throw new UsageError('--held needs --data');
      const protocol = given.protocol === undefined ? undefined : protocolOf(given.protocol);
      const description = join(out, 'model.json');
      if (!given.resume && (await isThere(join(out, 'last.safetensors'))))
        throw new UsageError(`${out} has a checkpoint; --resume goes on with it, or give another --out`);
      const usual = data === undefined ? ([128, 256] as const) : ([256, 384] as const);
      const named = await namedModel(given.model ?? (given.resume ? description : 'ladder:fpn'), given.weights, usual);
      const { model } = named;
      const recipe = changed(await recipeOf(given.recipe ?? (data === undefined ? 'scenes' : 'photographs')), given);
      const resume = given.resume ? await readCheckpointFile(out, 'last') : undefined;
      const seed = given.seed ?? (resume ? seedOf(resume, out) : 0);
      const { learn, held, judge } = await unlessStopped(io, samplesOf(given, model.inputSize, seed));
      await useBackend(given.backend);
      if (given.model !== undefined || !given.resume)
        await writeFileAtomic(description, `${JSON.stringify(named.description, null, 2)}\n`);
      const begin = given.resume ? 'last' : 'new';
      const run = await runFolder(out, { begin, terminal: io.stderr, pictures: await drawable(io, held ?? []) });
      const judged = protocol ?? judge;
      const every = given.every ?? (data === undefined ? 1 : 4);
      const { why, state, validation } = await train(model, {
        data: learn,
        recipe,
        ...(io.signal ? { signal: io.signal } : {}),
        ...run,
        card: { name: named.name, data: originOf(data), ...(held ? { held: originOf(given.held) } : {}) },
        cache: imageCache({ bytes: given.cache * 1e6 }),
        ...(held ? { validation: { data: held, every, ...(judged ? { protocol: judged } : {}) } } : {}),
        seed,
      });
      const rate = validation?.missRate?.logAverage;
      if (given.json) sayJson(io, { why, out, steps: state.step, validation });
      else if (why !== 'stopped') {
        const missed = rate === undefined ? '' : `log-average miss rate ${percent(rate)}; `;
        say(
          io,
          `${state.step} steps; ${missed}look at ${join(out, runFiles.page)}, or with: pyramidion detect --model ${out} photo.jpg`,
        );
      }
      if (why === 'stopped') note(io, `saved; go on with the same options and --resume`);
      io.signal?.throwIfAborted();
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
  readonly judge?: Protocol;
}

async function samplesOf(
  { data, held, scenes: count }: Given,
  size: readonly [number, number],
  seed: number,
): Promise<Samples> {
  if (data !== undefined) {
    const { samples: learn } = await readData(data);
    if (held === undefined) return { learn };
    const judge = namedData(held).format === 'caltech' ? { judge: caltechProtocols[0] } : {};
    return { learn, held: (await readData(held)).samples, ...judge };
  }
  const kind = { seed, size, heights: [94, 375], people: [1, 7], secondsPerFrame: 2, framesPerSequence: 1 } as const;
  const [height, width] = size;
  const columns = Math.round((480 * width) / height); // as wide as ours, of the 480 rows that heights are of
  const reasonable = { ...caltechProtocols[0], bounds: [5, 5, 475, columns - 5] } as const;
  return {
    learn: scenes({ ...kind, sequences: count }),
    held: scenes({ ...kind, sequences: Math.min(200, Math.max(8, Math.round(count / 28))), first: 100_000 }), // other streets
    judge: scaledProtocol(reasonable, { from: [480, columns], to: size }),
  };
}
