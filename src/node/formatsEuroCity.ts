import { join } from 'node:path';
import { type EuroCityOptions, readEuroCity } from '../data/formats/euroCity.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { namesBelow, textOf } from './formatsPaths.ts';

export interface EuroCityFolderOptions extends FolderOptions, Pick<EuroCityOptions, 'vehicles'> {
  readonly split: 'train' | 'val' | 'test';
  readonly time: 'day' | 'night';
}

/**
 * Reads EuroCity Persons: `day/img/train/amsterdam/*.png` and `day/labels/train/amsterdam/*.json`. Samples are named
 * `amsterdam_00000`.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and object, unless `onBad` is `skip`
 */
export async function euroCity(directory: string, options: EuroCityFolderOptions): Promise<DataSet> {
  const { time, split } = options;
  const labels = join(directory, time, 'labels', split);
  const files = await namesBelow(labels, '.json');
  if (files.length === 0)
    throw new RangeError(`euroCity: ${labels} has no *.json; give the folder that has day and night`);
  const { records, skipped } = await recordsOf(
    files,
    options,
    (file) => file,
    async (file, bad) => {
      const name = join(labels, file);
      return readEuroCity(await textOf(name), { ...options, ...bad, name, file: file.replace(/\.json$/i, '.png') });
    },
  );
  return folderSamples(records, join(directory, time, 'img', split), options, skipped);
}
