import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import { writeFileAtomic } from '../node/files.ts';
import { networkMapSvg } from '../picture/networkMap.ts';
import { formatSummary } from '../trace/formatSummary.ts';
import { summary } from '../trace/summary.ts';
import { type Define, examples } from './define.ts';
import { note, say, sayJson, UsageError } from './io.ts';
import { modelHelp, namedModel } from './modelNamed.ts';
import { wholeNumber } from './options.ts';

interface Given {
  readonly model?: string;
  readonly batch: number;
  readonly depth: number;
  readonly map?: string;
  readonly describe?: string;
  readonly json?: true;
}

/** `summary`: a model in numbers, before anything is allocated. */
export const define: Define = (command, io) =>
  command
    .argument('[model]', 'what is told, as --model')
    .option('--model <model>', 'a description, a checkpoint, or a ready one such as efficientDetD0')
    .option('--batch <n>', 'images at a time', wholeNumber(1), 1)
    .option('--depth <n>', 'levels of blocks that are told apart', wholeNumber(0), 2)
    .option('--map <file>', 'draws the network as SVG, too')
    .option('--describe <file>', 'writes the description, to be changed and trained')
    .option('--json', 'prints the summary as JSON')
    .addHelpText('after', modelHelp)
    .addHelpText(
      'after',
      examples(
        'summary efficientDetD0',
        'summary --model ladder:weightedFpn,size=study --map map.svg',
        'summary --model ladder:fpn --describe model.json',
        'summary --model model.json --json',
      ),
    )
    .action(async (named: string | undefined, given: Given) => {
      const text = named ?? given.model;
      if (text === undefined) throw new UsageError('no model is named; give one, such as efficientDetD0');
      if (named !== undefined && given.model !== undefined)
        throw new UsageError(`${named} and --model ${given.model} are two models; give one`);
      const { model, description, name } = await namedModel(text, undefined);
      if (given.describe !== undefined && description === undefined)
        throw new UsageError(`${text} is a module, which has no description as data; leave --describe out`);
      const told = summary(model, [given.batch, ...model.inputSize, 3], { depth: given.depth, name });
      if (given.json) sayJson(io, told);
      else say(io, formatSummary(told));
      if (given.describe !== undefined) {
        await writeFileAtomic(given.describe, `${JSON.stringify(description, null, 2)}\n`);
        note(io, `wrote ${given.describe}`);
      }
      if (given.map === undefined) return;
      await writeFileAtomic(given.map, networkMapSvg(told));
      note(io, `wrote ${given.map}`);
    });
