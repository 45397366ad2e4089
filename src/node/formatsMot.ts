import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readMotTruth } from '../data/formats/mot.ts';
import { readMotSequence } from '../data/formats/motSequence.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import { type DataSet, orSkip, type Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples } from './formatsImages.ts';
import { firstThere, textOf } from './formatsPaths.ts';

export interface MotOptions extends FolderOptions {
  /** Names of sequences. Default all that have ground truth. */
  readonly sequences?: readonly string[];
  /** Every how many frames one is taken, beginning with the first. Default 1. */
  readonly step?: number;
}

/**
 * Reads sequences of MOTChallenge: `MOT17-02-DPM/seqinfo.ini`, `gt/gt.txt` and `img1/000001.jpg`. Samples are named
 * `MOT17-02-DPM/000001`.
 *
 * @throws RangeError for a folder of another kind, or a step that cannot be; FormatError that names file and line, unless
 * `onBad` is `skip`
 */
export async function mot(directory: string, options: MotOptions = {}): Promise<DataSet> {
  const { step = 1 } = options;
  if (!(Number.isInteger(step) && step >= 1))
    throw new RangeError(`mot: step is ${step}; it must be a whole number from 1`);
  const names = options.sequences ?? (await readdir(directory).catch(() => [])).sort();
  const skipped: Skipped[] = [];
  const records: ImageRecord[] = [];
  let sequences = 0;
  for (const name of names) {
    const truth = join(directory, name, 'gt', 'gt.txt');
    if (!(await firstThere([truth]))) {
      if (options.sequences) throw new RangeError(`mot: there is no ${truth}`);
      continue;
    }
    sequences++;
    const found = await orSkip(options, name, skipped, () => readSequence(directory, name, step, options, skipped));
    records.push(...(found ?? []));
  }
  if (sequences === 0)
    throw new RangeError(`mot: ${directory} has no folder with gt/gt.txt; give the one that has, as train`);
  return folderSamples(records, directory, options, skipped);
}

async function readSequence(
  directory: string,
  name: string,
  step: number,
  options: MotOptions,
  skipped: Skipped[],
): Promise<readonly ImageRecord[]> {
  const info = join(directory, name, 'seqinfo.ini');
  const { directory: folder, ending, frames, width, height } = readMotSequence(await textOf(info), info);
  const truth = join(directory, name, 'gt', 'gt.txt');
  const objects = readMotTruth(await textOf(truth), { name: truth, ...badObjects(options, name, skipped) });
  return Array.from({ length: Math.ceil(frames / step) }, (_, i) => {
    const number = 1 + i * step;
    const frame = String(number).padStart(6, '0');
    const file = `${name}/${folder}/${frame}${ending}`;
    return { id: `${name}/${frame}`, file, width, height, objects: objects.get(number) ?? [] };
  });
}
