import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CrowdHumanOptions, readOdgtLine } from '../data/formats/crowdHuman.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import { type DataSet, orSkip, type Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples } from './formatsImages.ts';
import { firstThere } from './formatsPaths.ts';

export interface CrowdHumanFolderOptions extends FolderOptions, Pick<CrowdHumanOptions, 'part'> {
  readonly split: 'train' | 'val';
  /** The folder of images below the data set's. Default `Images`. */
  readonly images?: string;
}

/**
 * Reads CrowdHuman: `annotation_train.odgt` and `Images/ID.jpg`. Sizes, which the file does not tell, are read from the
 * images.
 *
 * @throws RangeError for a folder of another kind; FormatError that names the line, unless `onBad` is `skip`
 */
export async function crowdHuman(directory: string, options: CrowdHumanFolderOptions): Promise<DataSet> {
  const { split, images = 'Images' } = options;
  const file = join(directory, `annotation_${split}.odgt`);
  if (!(await firstThere([file])))
    throw new RangeError(`crowdHuman: there is no ${file}; give the folder, as published`);
  const skipped: Skipped[] = [];
  const records: ImageRecord[] = [];
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const name = `${file}: line ${number}`;
    const how = { ...options, ...badObjects(options, name, skipped), name };
    const record = await orSkip(options, name, skipped, () => readOdgtLine(line, how));
    if (record) records.push(record);
  }
  return folderSamples(records, join(directory, images), options, skipped);
}
