import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import { writeFileAtomic } from '../node/files.ts';
import { networkMapSvg } from '../picture/networkMap.ts';
import { formatSummary } from '../trace/formatSummary.ts';
import { summary } from '../trace/summary.ts';
import { type Define, examples } from './define.ts';
import { note, say, sayJson } from './io.ts';
import { readModel } from './model.ts';
import { wholeNumber } from './options.ts';

interface Given {
  readonly model: string;
  readonly batch: number;
  readonly depth: number;
  readonly map?: string;
  readonly json?: true;
}

/** `summary`: a model in numbers, before anything is allocated. */
export const define: Define = (command, io) =>
  command
    .requiredOption('--model <file>', 'description of the model, JSON')
    .option('--batch <n>', 'images at a time', wholeNumber(1), 1)
    .option('--depth <n>', 'levels of blocks that are told apart', wholeNumber(0), 2)
    .option('--map <file>', 'draws the network as SVG, too')
    .option('--json', 'prints the summary as JSON')
    .addHelpText('after', examples('summary --model model.json', 'summary --model model.json --map map.svg'))
    .action(async (given: Given) => {
      const model = await readModel(given.model);
      const told = summary(model, [given.batch, ...model.inputSize, 3], { depth: given.depth, name: 'detector' });
      if (given.json) sayJson(io, told);
      else say(io, formatSummary(told));
      if (given.map === undefined) return;
      await writeFileAtomic(given.map, networkMapSvg(told));
      note(io, `wrote ${given.map}`);
    });
