import { writeScenes } from '../node/scenes.ts';
import { type Define, examples } from './define.ts';
import { counter, say, sayJson } from './io.ts';
import { choice, range, sides, wholeNumber } from './options.ts';
import { counted } from './table.ts';
import { wholeFolder } from './wholeFolder.ts';

interface Given {
  readonly seed: number;
  readonly size: readonly [number, number];
  readonly sequences: number;
  readonly frames: number;
  readonly first: number;
  readonly people: readonly [number, number];
  readonly heights: readonly [number, number];
  readonly cyclists: 'ignore' | 'label' | 'none';
  readonly set: string;
  readonly quality: number;
  readonly json?: true;
}

/** `scenes`: street scenes as a Caltech folder. */
export const define: Define = (command, io) =>
  command
    .argument('<dir>', 'the folder that is written, in the form of the Caltech data set')
    .option('--seed <n>', 'the same seed makes the same pixels', wholeNumber(0), 0)
    .option('--size <HxW>', 'of the images', sides, [480, 640])
    .option('--sequences <n>', 'videos', wholeNumber(1), 4)
    .option('--frames <n>', 'of each video', wholeNumber(1), 30)
    .option('--first <n>', 'number of the first street; others are other streets', wholeNumber(0), 0)
    .option('--people <a,b>', 'fewest and most of a video', range, [0, 7])
    .option('--heights <a,b>', 'of people, pixels of 480 rows', range, [50, 200])
    .option('--cyclists <how>', 'ignore, label or none', choice('ignore', 'label', 'none'), 'ignore')
    .option('--set <name>', 'set00 to set99', 'set00')
    .option('--quality <n>', 'of the JPEG frames, 1 to 100', wholeNumber(1), 90)
    .option('--json', 'prints what was written as JSON')
    .addHelpText(
      'after',
      examples(
        'scenes streets --sequences 20 --frames 60 --seed 1',
        'convert caltech:streets,skip=1 --to coco --out streets-coco',
      ),
    )
    .action(async (directory: string, given: Given) => {
      const { set, quality, frames, json, ...options } = given;
      const files: string[] = [];
      const bar = counter(io, 'files');
      bar.step(0, 2 * given.sequences);
      const made = { ...options, framesPerSequence: frames };
      await wholeFolder(directory, (into) =>
        writeScenes(into, made, { set, quality, onFile: (path) => bar.step(files.push(path), 2 * given.sequences) }),
      );
      bar.end();
      if (json) return sayJson(io, { directory, files });
      say(
        io,
        `${counted(given.sequences, 'video')} of ${counted(frames, 'frame')}: ${counted(files.length, 'file')} in ${directory}`,
      );
    });
