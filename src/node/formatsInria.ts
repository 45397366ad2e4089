import { join } from 'node:path';
import { insidePath, withoutEnding } from '../data/formats/path.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import { readPascalText } from '../data/pascalText.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, recordsOf } from './formatsImages.ts';
import { imageEndings, namesIn, textOf } from './formatsPaths.ts';

export interface InriaOptions extends FolderOptions {
  readonly split: 'train' | 'test';
  /** Whether the images without people come too, after those with. Default `drop`. */
  readonly negatives?: 'keep' | 'drop';
}

/**
 * Reads the INRIA person data set: `Train/annotations/*.txt`, whose images are `Train/pos/*.png`, and `Train/neg`. Every
 * person is labelled `person`; samples are named `Train/pos/crop_000010`.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and object, unless `onBad` is `skip`
 */
export async function inria(directory: string, options: InriaOptions): Promise<DataSet> {
  const part = options.split === 'train' ? 'Train' : 'Test';
  const folder = join(directory, part, 'annotations');
  const files = await namesIn(folder, '.txt');
  if (files.length === 0)
    throw new RangeError(`inria: ${folder} has no *.txt; give the folder INRIAPerson, as published`);
  const { records, skipped } = await recordsOf(
    files,
    options,
    (file) => `${part}/annotations/${file}`,
    async (file): Promise<ImageRecord> => {
      const name = join(folder, file);
      const read = readPascalText(await textOf(name, 'latin1'), { name, label: () => 'person' });
      const image = insidePath(read.file, `${name}: the image`);
      return { id: withoutEnding(image), file: image, width: read.width, height: read.height, objects: read.objects };
    },
  );
  const others = options.negatives === 'keep' ? await namesIn(join(directory, part, 'neg'), ...imageEndings) : [];
  const empty = others
    .map((name) => `${part}/neg/${name}`)
    .map((file) => ({ id: withoutEnding(file), file, objects: [] }));
  return folderSamples([...records, ...empty], directory, options, skipped);
}
