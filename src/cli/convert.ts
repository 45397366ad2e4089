import { convert } from '../data/formats/convert.ts';
import { splitIds } from '../data/formats/splits.ts';
import { describeSkipped } from '../data/skipped.ts';
import { writeConverted } from '../node/formatsWrite.ts';
import { dataHelp, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { counter, note, say, sayJson, UsageError, unlessStopped } from './io.ts';
import { choice, wholeNumber } from './options.ts';
import { counted } from './table.ts';
import { wholeFolder } from './wholeFolder.ts';

interface Given {
  readonly to: 'coco' | 'voc' | 'yolo' | 'bbgt' | 'folder';
  readonly out: string;
  readonly splits?: string;
  readonly seed: number;
  readonly classes?: string;
  readonly images: 'copy' | 'none';
  readonly skipBad?: true;
  readonly json?: true;
}

/** `convert`: a data set in another form. */
export const define: Define = (command, io) =>
  command
    .argument('<data>', 'the data set: FORMAT:PATH,option=value,...')
    .requiredOption('--to <form>', 'coco, voc, yolo, bbgt or folder', choice('coco', 'voc', 'yolo', 'bbgt', 'folder'))
    .requiredOption('--out <dir>', 'the folder that is written')
    .option('--splits <shares>', 'parts the images at random: train=0.8,val=0.2')
    .option('--seed <n>', 'of the splits', wholeNumber(0), 0)
    .option('--classes <names>', 'classes in the order of their numbers: person,car')
    .option('--images <how>', 'copy, or none to write texts alone', choice('copy', 'none'), 'copy')
    .option('--skip-bad', 'leaves out what is wrong, and says so')
    .option('--json', 'prints what was done as JSON')
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'convert caltech:data/caltech,sets=test --to coco --out as-coco',
        'convert voc:VOC2007 --to yolo --out as-yolo \\\n      --splits train=0.9,val=0.1',
        'convert coco:instances.json,images=val2017 --to folder --out mine',
      ),
    )
    .action(async (data: string, given: Given) => {
      const shares = given.splits === undefined ? undefined : sharesOf(given.splits);
      const { samples, skipped } = await unlessStopped(io, readData(data, given.skipBad ? 'skip' : 'throw'));
      const ids = samples.map(({ id }) => id);
      const splits = shares && splitIds(ids, { shares, seed: given.seed });
      const made = convert(samples, {
        to: given.to,
        ...(splits ? { splits } : {}),
        ...(given.classes === undefined ? {} : { classes: given.classes.split(',') }),
      });
      const bar = counter(io, 'files');
      bar.step(0, made.files.size + (given.images === 'copy' ? made.images.length : 0));
      await wholeFolder(given.out, (into) =>
        writeConverted(into, made, { images: given.images, onFile: (_, done, all) => bar.step(done, all) }),
      );
      bar.end();
      const objects = samples.reduce((sum, sample) => sum + sample.objects.length, 0);
      if (given.json)
        return sayJson(io, {
          out: given.out,
          images: samples.length,
          objects,
          splits: Object.fromEntries([...(splits ?? [])].map(([name, list]) => [name, list.length])),
          lost: made.lost,
          skipped,
        });
      say(io, `${counted(samples.length, 'image')} with ${counted(objects, 'object')} in ${given.out}`);
      if (made.lost.length > 0) note(io, `${given.to} cannot hold, and lost: ${made.lost.join(', ')}`);
      if (skipped.length > 0) note(io, describeSkipped(skipped));
    });

/** `train=0.8,val=0.2` as shares by name. */
function sharesOf(text: string): Readonly<Record<string, number>> {
  const entries = text.split(',').map((part) => {
    const [, name, share] = /^([\w-]+)=([\d.]+)$/.exec(part) ?? [];
    if (name === undefined || !(Number(share) > 0))
      throw new UsageError(`--splits is '${text}'; it must be shares by name, such as train=0.8,val=0.2`);
    return [name, Number(share)] as const;
  });
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9 || new Set(entries.map(([name]) => name)).size < entries.length)
    throw new UsageError(`--splits is '${text}'; names must differ and the shares add up to 1, not ${sum}`);
  return Object.fromEntries(entries);
}
