import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { insidePath, withoutEnding } from '../data/formats/path.ts';
import { linesOf } from '../data/formats/reading.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import { readYolo } from '../data/formats/yolo.ts';
import { readYoloData } from '../data/formats/yoloData.ts';
import type { DataSet } from '../data/skipped.ts';
import { type FolderOptions, folderSamples, peekSize, recordsOf } from './formatsImages.ts';
import { firstThere, imageEndings, namesBelow, textOf } from './formatsPaths.ts';

export interface YoloFolderOptions extends FolderOptions {
  readonly split: 'train' | 'val' | 'test';
  /** The folder of the data set, which nothing may lead out of. Default: the one of its `data.yaml`. */
  readonly root?: string;
}

/**
 * Reads a YOLO data set by its `data.yaml`: `images/train/a.jpg` has its labels in `labels/train/a.txt`; an image without
 * such a text shows nothing. Sizes are read from the images. Samples are named as their images below the root.
 *
 * @throws RangeError for a split that is not there; FormatError that names file and line, unless `onBad` is `skip`
 */
export async function yolo(file: string, options: YoloFolderOptions): Promise<DataSet> {
  const root = resolve(options.root ?? dirname(file));
  const data = readYoloData(await textOf(file), file);
  const places = data.splits[options.split];
  if (places === undefined)
    throw new RangeError(
      `yolo: ${file} has no ${options.split}; it has ${Object.keys(data.splits).join(', ') || 'none'}`,
    );
  const images = (await Promise.all(places.map((place) => imagesAt(root, place, data.path, file)))).flat();
  const { records, skipped } = await recordsOf(
    images,
    options,
    (image) => image,
    async (image, bad): Promise<ImageRecord> => {
      const name = join(root, labelsOf(image));
      const size = await peekSize(join(root, image));
      const text = (await firstThere([name])) ? await textOf(name) : '';
      const objects = readYolo(text, { name, classes: data.names, ...size, ...bad });
      return { id: withoutEnding(image), file: image, ...size, objects };
    },
  );
  return folderSamples(records, root, options, skipped);
}

/** Paths of images below the root, of a folder or of a list of files. */
async function imagesAt(
  root: string,
  place: string,
  base: string | undefined,
  file: string,
): Promise<readonly string[]> {
  // Exports of some services write ../train/images and mean a folder beside data.yaml.
  const bare = place.replace(/^(?:\.\.\/)+/, '');
  const tried = [...(base === undefined ? [] : [join(base, place)]), place, bare].map((path) => resolve(root, path));
  const inside = tried.filter((path) => isBelow(root, path));
  const found = await firstThere(inside);
  if (found === undefined)
    throw new FormatError(
      `${file}: ${JSON.stringify(place)} is no folder or list below ${root}${inside.length < tried.length ? ', and what lies outside is not read' : ''}; give root`,
    );
  const below = relative(root, found).replaceAll('\\', '/');
  if ((await stat(found)).isDirectory())
    return (await namesBelow(found, ...imageEndings)).map((name) => (below === '' ? name : `${below}/${name}`));
  return [...linesOf(await textOf(found))].map(({ text, number }) => insidePath(text, `${found}: line ${number}`));
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way !== '..' && !/^\.\.[\\/]/.test(way);
}

/** `labels` for the last `images` of the path, `.txt` for its ending. */
function labelsOf(image: string): string {
  const parts = withoutEnding(image).split('/');
  const at = parts.lastIndexOf('images');
  return `${(at < 0 ? parts : parts.with(at, 'labels')).join('/')}.txt`;
}
