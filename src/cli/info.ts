import { readModelCard } from '../node/modelCard.ts';
import { cardBody, modelCardText } from '../train/cardText.ts';
import { type Define, examples } from './define.ts';
import { say, sayJson, UsageError } from './io.ts';

interface Given {
  readonly json?: true;
  readonly markdown?: true;
}

/** `info`: where weights are from. */
export const define: Define = (command, io) =>
  command
    .argument('<weights>', 'a checkpoint, a file of weights, or a folder of train')
    .option('--json', 'prints all that it tells as JSON')
    .option('--markdown', 'prints the model card as model hubs read it')
    .addHelpText('after', examples('info run', 'info run/last.safetensors --json', 'info run --markdown > README.md'))
    .action(async (path: string, given: Given) => {
      if (given.json && given.markdown) throw new UsageError('--json and --markdown are two forms; give one');
      const info = await readModelCard(path);
      if (given.json) return sayJson(io, info);
      const { file, size, tensors, numbers, card } = info;
      const about = `${file}: ${(size / 1e6).toFixed(1)} MB, ${tensors} tensors, ${numbers.toLocaleString('en')} numbers`;
      if (card === undefined) {
        if (given.markdown) throw new UsageError(`${file} says nothing of where it is from`);
        return say(io, `${about}\nIt says nothing of where it is from.`);
      }
      if (given.markdown) return void io.stdout.write(modelCardText(card));
      return say(io, `${about}\n\n${plainCard(cardBody(card))}`);
    });

/** A card for a terminal: without the signs of tables. */
function plainCard(markdown: string): string {
  const rows = markdown
    .split('\n')
    .filter((line) => !/^\|[-|]+\|$|^```|^\| \| \|$|^\| metric \|/.test(line))
    .map((line) => {
      const [, name, value] = /^\| (.*?) \| (.*) \|$/.exec(line) ?? [];
      return name === undefined
        ? line.replace(/^#+ /, '')
        : `${name.padEnd(22)}  ${(value ?? '').replaceAll('\\|', '|')}`;
    });
  return rows
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
