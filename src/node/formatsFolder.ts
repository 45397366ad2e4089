import { join } from 'node:path';
import { readBbGt } from '../data/bbGt.ts';
import { type CaltechLabelOptions, caltechAnnotation } from '../data/caltechLabels.ts';
import { readFolderData } from '../data/formats/folder.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import type { DataSet, Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { imageEndings, namesIn, textOf } from './formatsPaths.ts';

export interface PlainFolderOptions extends FolderOptions {
  /** A split of `data.json`. Default: all images. */
  readonly split?: string;
}

/**
 * Reads a folder of the library's own form: `data.json`, and images where it says.
 *
 * @throws RangeError for a split that is not there; FormatError that names the entry, unless `onBad` is `skip`
 */
export async function plainFolder(directory: string, options: PlainFolderOptions = {}): Promise<DataSet> {
  const file = join(directory, 'data.json');
  const skipped: Skipped[] = [];
  const { images, splits } = readFolderData(await textOf(file), { name: file, ...badObjects(options, file, skipped) });
  if (options.split === undefined) return folderSamples(images, directory, options, skipped);
  const ids = splits.get(options.split);
  if (ids === undefined)
    throw new RangeError(
      `plainFolder: ${file} has no split ${options.split}; it has ${[...splits.keys()].join(', ') || 'none'}`,
    );
  const wanted = new Set(ids);
  return folderSamples(
    images.filter(({ id }) => wanted.has(id)),
    directory,
    options,
    skipped,
  );
}

/**
 * Reads a folder of Piotr's toolbox: `annotations/ID.txt` and `images/ID.jpg`. Labels follow the Caltech protocol, but
 * those that it does not know count by default.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and line, unless `onBad` is `skip`
 */
export async function bbGtFolder(
  directory: string,
  options: FolderOptions & CaltechLabelOptions = {},
): Promise<DataSet> {
  const { others = 'keep' } = options;
  const labels = join(directory, 'annotations');
  const files = await namesIn(labels, '.txt');
  if (files.length === 0)
    throw new RangeError(`bbGtFolder: ${labels} has no *.txt; give the folder that has annotations`);
  const pictures = new Map(
    (await namesIn(join(directory, 'images'), ...imageEndings)).map((name) => [name.replace(/\.\w+$/, ''), name]),
  );
  const { records, skipped } = await recordsOf(
    files,
    options,
    (file) => file,
    async (file): Promise<ImageRecord> => {
      const name = join(labels, file);
      const id = file.slice(0, -4);
      const objects = readBbGt(await textOf(name), { name }).flatMap((one) => caltechAnnotation(one, { others }) ?? []);
      return { id, file: pictures.get(id) ?? `${id}.jpg`, objects };
    },
  );
  return folderSamples(records, join(directory, 'images'), options, skipped);
}
