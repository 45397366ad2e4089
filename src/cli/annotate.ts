import { plainProtocol } from '../evaluate/protocol.ts';
import { writeFileAtomic } from '../node/files.ts';
import { playerHtml } from '../picture/player.ts';
import { frameSequence } from './annotateFrames.ts';
import { type Annotating, annotated } from './annotateLook.ts';
import { dataHelp } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { protocolOf } from './figures.ts';
import { note, say, UsageError, unlessStopped } from './io.ts';
import { looker, lookOptions } from './looking.ts';
import { modelHelp, trainedModel } from './modelNamed.ts';
import { numberWithin, wholeNumber } from './options.ts';
import { counted } from './table.ts';
import { wholeFolder } from './wholeFolder.ts';

interface Given extends Annotating {
  readonly model: string;
  readonly protocol?: string;
  readonly weights?: string;
  readonly data?: string;
  readonly images?: string;
  readonly from: number;
  readonly every: number;
  readonly frames?: number;
  readonly rate?: number;
}

/** `annotate`: what a detector finds in a sequence, as a page that plays it and as pictures. */
export const define: Define = (command, io) =>
  lookOptions(
    command
      .argument('[sequence...]', 'a .seq, a folder of frames, a .txt that lists them, or the frames')
      .requiredOption('--model <model>', 'a checkpoint, the folder of a run, a description, or a published one')
      .option('--weights <file>', 'its weights: .safetensors, .pth, .h5, ours or their originals')
      .option('--data <data>', 'a data set, in the place of a sequence: its objects are shown too')
      .option('--protocol <name>', 'by which they count as found or missed; default plain')
      .option('--out <file>', 'writes one HTML file that plays the sequence and needs nothing else')
      .option('--images <dir>', 'writes each frame with its boxes as a JPEG')
      .option('--from <n>', 'the first frame, from 0', wholeNumber(0), 0)
      .option('--every <n>', 'every so many-th frame', wholeNumber(1), 1)
      .option('--frames <n>', 'only so many frames', wholeNumber(1))
      .option('--rate <n>', "frames a second; default the file's, or 10", numberWithin(0.1, 60))
      .option(
        '--shown <score>',
        'scores from this on are drawn; the page begins with it and goes down to --score, or 0.05',
        numberWithin(0, 1),
        0.5,
      )
      .option('--width <n>', 'frames of the page are no wider than this', wholeNumber(16), 960)
      .option('--quality <n>', 'of its JPEG frames, 1 to 100', numberWithin(1, 100), 80),
  )
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'annotate V000.seq --model run --out street.html',
        'annotate frames --model run --images drawn --shown 0.3',
        'annotate --data caltech:streets,skip=1 --model run \\\n      --protocol plain --out street.html',
      ),
    )
    .action(async (paths: readonly string[], given: Given) => {
      if (given.out === undefined && given.images === undefined)
        throw new UsageError('give --out FILE.html for a page, --images DIR for pictures, or both');
      if (given.protocol !== undefined && given.data === undefined)
        throw new UsageError('--protocol needs --data, whose objects it judges');
      const protocol = given.protocol === undefined ? plainProtocol : protocolOf(given.protocol);
      const { name, frames: all, rate } = await unlessStopped(io, frameSequence(io, paths, given.data));
      const frames = all.slice(given.from).filter((_, i) => i % given.every === 0);
      const wanted = frames.slice(0, given.frames);
      if (wanted.length === 0)
        throw new UsageError(`--from is ${given.from}, and ${name} has ${counted(all.length, 'frame')}, from 0 on`);
      const named = await trainedModel(given.model, given.weights);
      const work = {
        io,
        given,
        wanted,
        protocol,
        ...(await looker(named, { ...given, score: given.score ?? 0.05 })),
        labels: named.model.labels,
      };
      const played = await (given.images === undefined
        ? annotated(work)
        : wholeFolder(given.images, (into) => annotated({ ...work, into }))
      ).finally(work.dispose);
      const objects = played.reduce((sum, { found }) => sum + found, 0);
      const said = `${counted(played.length, 'frame')}, ${counted(objects, 'object')} from ${given.shown} on`;
      if (given.images !== undefined) say(io, `${given.images}: ${said}`);
      const [one] = played;
      if (given.out === undefined || one?.frame === undefined) return;
      const page = playerHtml(
        played.flatMap(({ frame }) => frame ?? []),
        {
          title: name,
          lead: `${said}. Found by ${named.name}.`,
          width: one.width,
          height: one.height,
          rate: Math.min(60, Math.max(0.1, given.rate ?? (rate ?? 10) / given.every)),
          score: given.shown,
        },
      );
      await writeFileAtomic(given.out, page);
      say(io, `${given.out}: ${said}, ${(page.length / 1e6).toFixed(1)} MB`);
      if (page.length > 200e6)
        note(io, 'a page of so many MB is slow to open; --every, --frames and --width make it smaller');
    });
