import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCityPersons, readCityscapesPersons } from '../data/formats/cityPersons.ts';
import type { DataSet, Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { firstThere, namesBelow, textOf } from './formatsPaths.ts';

export interface CityPersonsOptions extends FolderOptions {
  readonly split: 'train' | 'val';
  /**
   * The MAT file, or the folder of JSON files, below the data set's. Default: what is there of `anno_SPLIT.mat`,
   * `annotations/anno_SPLIT.mat`, `gtBboxCityPersons`, `gtBbox_cityPersons_trainval/gtBboxCityPersons`.
   */
  readonly annotations?: string;
}

/**
 * Reads CityPersons in a Cityscapes folder: `leftImg8bit/val/frankfurt/*.png`, annotations as MAT or as Cityscapes' JSON.
 * Samples are named `frankfurt_000000_000294`.
 *
 * @throws RangeError for a folder without annotations; FormatError that names file and row, unless `onBad` is `skip`
 */
export async function cityPersons(directory: string, options: CityPersonsOptions): Promise<DataSet> {
  const { split } = options;
  const mat = `anno_${split}.mat`;
  const names = options.annotations
    ? [options.annotations]
    : [mat, `annotations/${mat}`, 'gtBboxCityPersons', 'gtBbox_cityPersons_trainval/gtBboxCityPersons'];
  const found = await firstThere(names.map((name) => join(directory, name)));
  if (found === undefined) throw new RangeError(`cityPersons: ${directory} has no ${names.join(', ')}`);
  const root = join(directory, 'leftImg8bit');
  if (found.endsWith('.mat')) {
    const skipped: Skipped[] = [];
    const how = { name: found, ...badObjects(options, found, skipped) };
    return folderSamples(await readCityPersons(new Uint8Array(await readFile(found)), how), root, options, skipped);
  }
  const ending = '_gtBboxCityPersons.json';
  const files = await namesBelow(join(found, split), ending.toLowerCase());
  if (files.length === 0) throw new RangeError(`cityPersons: ${found}/${split} has no *${ending}`);
  const { records, skipped } = await recordsOf(
    files,
    options,
    (file) => file,
    async (file, bad) => {
      const name = join(found, split, file);
      const image = `${split}/${file.slice(0, -ending.length)}_leftImg8bit.png`;
      return readCityscapesPersons(await textOf(name), { name, file: image, ...bad });
    },
  );
  return folderSamples(records, root, options, skipped);
}
