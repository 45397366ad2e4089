import { readFile } from 'node:fs/promises';
import { readCoco } from '../data/formats/coco.ts';
import type { DataSet, Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples } from './formatsImages.ts';

export interface CocoFolderOptions extends FolderOptions {
  /** Below what folder the images' names are. */
  readonly images: string;
}

/**
 * Reads a COCO file of instances, whose images are below a folder. Samples are named as their images, without the ending.
 *
 * @throws FormatError that names the entry, unless `onBad` is `skip`; Error of the file system
 */
export async function coco(file: string, options: CocoFolderOptions): Promise<DataSet> {
  const skipped: Skipped[] = [];
  const { images } = readCoco(await readFile(file, 'utf8'), { name: file, ...badObjects(options, file, skipped) });
  return folderSamples(images, options.images, options, skipped);
}
