import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { join } from 'node:path';
import { imageCache } from '../data/batchCache.ts';
import { readCheckpointFile } from '../node/checkpoints.ts';
import { writeFileAtomic } from '../node/files.ts';
import { runFolder } from '../node/runFolder.ts';
import { runFiles } from '../node/runPage.ts';
import { useBackend } from '../tfjs/backend.ts';
import { train } from '../train/train.ts';
import { dataHelp } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { protocolOf } from './figures.ts';
import { note, say, sayJson, UsageError, unlessStopped } from './io.ts';
import { isThere, modelHelp, namedModel } from './modelNamed.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import { percent } from './table.ts';
import { drawable, originOf } from './trainFolder.ts';
import { changed, type TrainGiven } from './trainGiven.ts';
import { findRate } from './trainRate.ts';
import { recipeNames, recipeOf } from './trainRecipe.ts';
import { samplesOf, seedOf } from './trainSamples.ts';

/** `train`: trains a detector, on scenes unless a data set is given. */
export const define: Define = (command, io) =>
  command
    .option('--out <dir>', 'for model.json, checkpoints, log.jsonl, the page and events of TensorBoard')
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
    .option('--accumulate <n>', 'parts of a step, each of a batch, in the memory of one', wholeNumber(1))
    .option('--rate <n>', "learning rate, in the place of the recipe's", numberWithin(1e-12, 100))
    .option('--patience <n>', 'ends the run after so many epochs without a better one', wholeNumber(1))
    .option('--keep <n>', 'best checkpoints that are kept, each under its epoch and score', wholeNumber(0))
    .option('--save-every <n>', 'saved within an epoch too, after so many steps', wholeNumber(1))
    .option('--seed <n>', "of order, augmentation and scenes; default 0, or the checkpoint's", wholeNumber(0))
    .option('--cache <MB>', 'decoded images that are kept', wholeNumber(0), 1000)
    .option('--backend <name>', 'of TensorFlow.js: wasm or tensorflow', choice('wasm', 'tensorflow'), 'wasm')
    .option('--resume', 'goes on from the last checkpoint in --out, with the same options')
    .option('--changed', 'with --resume: recipe or data are others than before')
    .option('--find-rate', 'tries learning rates, shows the loss of each and suggests one; writes nothing')
    .option('--json', 'prints how it ended as JSON')
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'train --out run',
        'train --out run --resume',
        'train --find-rate',
        'train --model ladder:weightedFpn --data pennfudan:PATH --out run',
        'train --model model.json --data voc:VOC2007,split=train \\\n      --held voc:VOC2007,split=val --out run --epochs 30',
      ),
    )
    .action(async (given: TrainGiven) => {
      const { out = '', data } = given;
      if (out === '' && !given.findRate) throw new UsageError('--out is missing; give a folder for what is made');
      if (given.findRate && given.resume)
        throw new UsageError('--find-rate tries rates of a run that begins; leave --resume out');
      if (given.resume && given.weights !== undefined)
        throw new UsageError('--resume takes the weights of its checkpoint; leave --weights out');
      if (data === undefined && given.held !== undefined) throw new UsageError('--held needs --data');
      const protocol = given.protocol === undefined ? undefined : protocolOf(given.protocol);
      const description = join(out, 'model.json');
      if (!given.resume && !given.findRate && (await isThere(join(out, 'last.safetensors'))))
        throw new UsageError(`${out} has a checkpoint; --resume goes on with it, or give another --out`);
      const usual = data === undefined ? ([128, 256] as const) : ([256, 384] as const);
      const named = await namedModel(given.model ?? (given.resume ? description : 'ladder:fpn'), given.weights, usual);
      const { model } = named;
      const recipe = changed(await recipeOf(given.recipe ?? (data === undefined ? 'scenes' : 'photographs')), given);
      const resume = given.resume ? await readCheckpointFile(out, 'last') : undefined;
      const seed = given.seed ?? (resume ? seedOf(resume, out) : 0);
      const { learn, held, judge } = await unlessStopped(io, samplesOf(given, model.inputSize, seed));
      await useBackend(given.backend);
      const cache = imageCache({ bytes: given.cache * 1e6 });
      if (given.findRate) return findRate(io, model, { data: learn, recipe, seed, cache }, given.json);
      const begin = given.resume ? 'last' : 'new';
      const run = await runFolder(out, { begin, terminal: io.stderr, pictures: await drawable(io, held ?? []) });
      const judged = protocol ?? judge;
      const every = given.every ?? (data === undefined ? 1 : 4);
      const { why, state, validation } = await train(model, {
        data: learn,
        recipe,
        ...(io.signal ? { signal: io.signal } : {}),
        ...run,
        onReport: async (report) => {
          if (
            report.kind === 'start' &&
            named.description !== undefined &&
            (given.model !== undefined || !given.resume)
          )
            // the folder is this run's own now
            await writeFileAtomic(description, `${JSON.stringify(named.description, null, 2)}\n`);
          await run.onReport(report);
        },
        card: { name: named.name, data: originOf(data), ...(held ? { held: originOf(given.held) } : {}) },
        cache,
        ...(given.keep === undefined ? {} : { keep: given.keep }),
        ...(given.saveEvery === undefined ? {} : { saveEvery: given.saveEvery }),
        ...(given.changed ? { resumeWith: 'changed' } : {}),
        ...(held ? { validation: { data: held, every, ...(judged ? { protocol: judged } : {}) } } : {}),
        seed,
      });
      const rate = validation?.missRate?.logAverage;
      if (given.json) sayJson(io, { why, out, steps: state.step, validation });
      else if (why !== 'stopped') {
        const missed = rate === undefined ? '' : `log-average miss rate ${percent(rate)}; `;
        const early = why === 'early' ? ', ended early' : '';
        const trained =
          named.description === undefined ? `${given.model} --weights ${join(out, 'last.safetensors')}` : out;
        say(
          io,
          `${state.step} steps${early}; ${missed}look at ${join(out, runFiles.page)}, or with: pyramidion detect --model ${trained} photo.jpg`,
        );
      }
      if (why === 'stopped') note(io, `saved; go on with the same options and --resume`);
      io.signal?.throwIfAborted();
    });
