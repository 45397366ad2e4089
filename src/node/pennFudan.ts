import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPascalText } from '../data/pascalText.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { textOf } from './formatsPaths.ts';

export interface PennFudanOptions extends FolderOptions {
  /** Names of images, as `FudanPed00001`. Default all. */
  readonly only?: readonly string[];
}

/**
 * Reads the Penn-Fudan pedestrian folder: `Annotation/*.txt` and `PNGImages/*.png`. Every person is labelled `person`.
 *
 * @throws RangeError for a folder of another kind, or a name that is not there; FormatError that names file and value
 * where something is wrong, unless `onBad` is `skip`
 */
export async function pennFudan(directory: string, options: PennFudanOptions = {}): Promise<DataSet> {
  const files = (await readdir(join(directory, 'Annotation')).catch(() => [])).filter((name) => name.endsWith('.txt'));
  if (files.length === 0)
    throw new RangeError(`pennFudan: ${directory} has no Annotation/*.txt; give the folder PennFudanPed, as published`);
  const all = files.map((name) => name.slice(0, -4)).sort();
  const absent = options.only?.find((name) => !all.includes(name));
  if (absent !== undefined)
    throw new RangeError(`pennFudan: there is no ${absent} among the ${all.length} images of ${directory}`);
  const { records, skipped } = await recordsOf(
    options.only ?? all,
    options,
    (name) => name,
    async (name) => {
      const file = join(directory, 'Annotation', `${name}.txt`);
      const read = readPascalText(await textOf(file, 'latin1'), { name: file, label: () => 'person' });
      return { id: name, file: `${name}.png`, width: read.width, height: read.height, objects: read.objects };
    },
  );
  return folderSamples(records, join(directory, 'PNGImages'), { onBad: options.onBad ?? 'throw' }, skipped);
}
