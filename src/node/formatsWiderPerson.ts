import { join } from 'node:path';
import { insidePath } from '../data/formats/path.ts';
import { linesOf } from '../data/formats/reading.ts';
import { readWiderPerson } from '../data/formats/widerPerson.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { firstThere, textOf } from './formatsPaths.ts';

export interface WiderPersonOptions extends FolderOptions {
  /** Which list is read; the test set has no annotations. */
  readonly split: 'train' | 'val';
}

/**
 * Reads WiderPerson: names in `train.txt`, `Images/NAME.jpg` and `Annotations/NAME.jpg.txt`. Sizes are read from the images.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and line, unless `onBad` is `skip`
 */
export async function widerPerson(directory: string, options: WiderPersonOptions): Promise<DataSet> {
  const list = join(directory, `${options.split}.txt`);
  if (!(await firstThere([list])))
    throw new RangeError(`widerPerson: there is no ${list}; give the folder, as published`);
  const names = [...linesOf(await textOf(list))].map(({ text, number }) =>
    insidePath(text.replace(/\.jpg$/i, ''), `${list}: line ${number}`),
  );
  const { records, skipped } = await recordsOf(
    names,
    options,
    (id) => id,
    async (id, bad) => {
      const name = join(directory, 'Annotations', `${id}.jpg.txt`);
      return { id, file: `${id}.jpg`, objects: readWiderPerson(await textOf(name), { name, ...bad }) };
    },
  );
  return folderSamples(records, join(directory, 'Images'), options, skipped);
}
