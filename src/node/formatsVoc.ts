import { join } from 'node:path';
import { readVoc, readVocList, type VocOptions } from '../data/formats/voc.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { namesIn, textOf } from './formatsPaths.ts';

export interface VocFolderOptions extends FolderOptions, Pick<VocOptions, 'corners'> {
  /** A list of `ImageSets/Main`: `train`. Default: all annotations that are there. */
  readonly split?: string;
}

/**
 * Reads a folder of PASCAL VOC: `Annotations/*.xml`, `JPEGImages` and `ImageSets/Main/SPLIT.txt`. Samples are named as
 * their annotations.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and object, unless `onBad` is `skip`
 */
export async function voc(directory: string, options: VocFolderOptions = {}): Promise<DataSet> {
  const folder = join(directory, 'Annotations');
  const list = options.split === undefined ? undefined : join(directory, 'ImageSets', 'Main', `${options.split}.txt`);
  const ids = list
    ? readVocList(await textOf(list), list)
    : (await namesIn(folder, '.xml')).map((name) => name.slice(0, -4));
  if (ids.length === 0) throw new RangeError(`voc: ${folder} has no *.xml; give the folder that has Annotations`);
  const { records, skipped } = await recordsOf(
    ids,
    options,
    (id) => id,
    async (id, bad) => {
      const name = join(folder, `${id}.xml`);
      return { ...readVoc(await textOf(name), { ...options, ...bad, name }), id };
    },
  );
  return folderSamples(records, join(directory, 'JPEGImages'), options, skipped);
}
