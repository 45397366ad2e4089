import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { readPascalText } from '../data/pascalText.ts';
import type { Sample } from '../data/sample.ts';
import { type BadOptions, type DataSet, orSkip, type Skipped } from '../data/skipped.ts';
import { decodeImage } from './images.ts';

export interface PennFudanOptions extends BadOptions {
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
  const skipped: Skipped[] = [];
  const samples: Sample[] = [];
  for (const name of options.only ?? all) {
    const sample = await orSkip(options, name, skipped, () => readSample(directory, name));
    if (sample) samples.push(sample);
  }
  return { samples, skipped };
}

async function readSample(directory: string, name: string): Promise<Sample> {
  const file = join(directory, 'Annotation', `${name}.txt`);
  const text = await readFile(file, 'latin1');
  const { width, height, objects } = readPascalText(text, { name: file, label: () => 'person' });
  const picture = join(directory, 'PNGImages', `${name}.png`);
  const image = async () => {
    const found = await decodeImage(await readFile(picture), { name: picture });
    if (found.width !== width || found.height !== height)
      throw new FormatError(
        `${picture}: the image is ${found.height}x${found.width}; its annotation is for ${height}x${width}`,
      );
    return found;
  };
  return { id: name, width, height, objects, image };
}
