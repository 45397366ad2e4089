import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KaistOptions, kaistSize, readKaist, readKaistList, readKaistSanitized } from '../data/formats/kaist.ts';
import { readKaistJson } from '../data/formats/kaistJson.ts';
import { readKaistXml } from '../data/formats/kaistXml.ts';
import type { ImageRecord } from '../data/formats/record.ts';
import type { DataSet, Skipped } from '../data/skipped.ts';
import { badObjects, type FolderOptions, folderSamples, inOrder, recordsOf } from './formatsImages.ts';
import { firstThere, namesBelow, textOf } from './formatsPaths.ts';

export interface KaistFolderOptions extends FolderOptions, Pick<KaistOptions, 'cyclists' | 'others'> {
  /**
   * The folder of annotations, or the JSON of the improved test set, below the data set's. Texts and XML are told apart
   * by their endings. Default `annotations`.
   */
  readonly annotations?: string;
  /** How texts are: as the toolbox writes them (original, improved, paired) or as corners (sanitized). Default `boxes`. */
  readonly texts?: 'boxes' | 'corners';
  /** Whose images the samples have; and whose boxes, where annotations are paired. Default `visible`. */
  readonly camera?: 'visible' | 'lwir';
  /** A list of frames below the data set's folder: `imageSets/test-all-20.txt`. Default: all that are annotated. */
  readonly list?: string;
}

/**
 * Reads a KAIST folder: `images/set00/V000/visible/I00000.jpg` and annotations as `set00/V000/I00000.txt` (or `.xml`), as
 * `set00/V000/visible/I00000.txt` where they are paired, or as `set00_V000_I00000.txt`. Samples are named
 * `set00/V000/I00000`; the two cameras' have the same names in the same order.
 *
 * @throws RangeError for a folder of another kind; FormatError that names file and line, unless `onBad` is `skip`
 */
export async function kaist(directory: string, options: KaistFolderOptions = {}): Promise<DataSet> {
  const { annotations = 'annotations', camera = 'visible' } = options;
  const root = (await firstThere([join(directory, 'images')])) ?? directory;
  const folder = join(directory, annotations);
  if (!(await firstThere([folder]))) throw new RangeError(`kaist: ${directory} has no ${annotations}; give its name`);
  const { list } = options;
  const read = async (path: string) => readKaistList(await textOf(join(directory, path)), path);
  const listed = options.only ?? (list === undefined ? undefined : await read(list));
  const skipped: Skipped[] = [];
  const records = folder.endsWith('.json')
    ? readKaistJson(await readFile(folder, 'utf8'), { name: folder, ...badObjects(options, annotations, skipped) })
    : await readFolder(folder, listed, options, skipped);
  const only = new Set(listed ?? records.map(({ id }) => id));
  const wanted = records.filter(({ id }) => only.has(id));
  const pictured = await inOrder(wanted, async (record) => ({
    ...record,
    file: await imageOf(root, record.id, camera),
  }));
  return folderSamples(pictured, root, { ...options, ...(listed && { only: listed }) }, skipped);
}

async function readFolder(
  folder: string,
  listed: readonly string[] | undefined,
  options: KaistFolderOptions,
  skipped: Skipped[],
): Promise<readonly ImageRecord[]> {
  const { camera = 'visible', texts = 'boxes' } = options;
  const other = camera === 'visible' ? '/lwir/' : '/visible/';
  const files = new Map<string, string>();
  for (const name of await namesBelow(folder, '.txt', '.xml')) {
    const id = idOf(name);
    if (id !== undefined && !`/${name}`.includes(other)) files.set(id, name);
  }
  const ids = (listed ?? [...files.keys()]).filter((id) => files.has(id));
  const found = await recordsOf(
    ids,
    options,
    (id) => id,
    async (id, bad): Promise<ImageRecord> => {
      const name = join(folder, files.get(id) ?? '');
      const text = await textOf(name);
      const how = { ...options, ...bad, name };
      if (name.endsWith('.xml')) return { ...readKaistXml(text, how), id, file: id };
      const objects = texts === 'corners' ? readKaistSanitized(text, how) : readKaist(text, how);
      return { id, file: id, ...kaistSize, objects };
    },
  );
  skipped.push(...found.skipped);
  return found.records;
}

/** `set00/V000/I00000` of any of the ways in which its annotation may be called. */
function idOf(name: string): string | undefined {
  const [, set, video, frame] = /(set\d\d)[/_](V\d\d\d)[/_](?:(?:visible|lwir)\/)?(I\d{5})\.\w+$/.exec(name) ?? [];
  return frame === undefined ? undefined : `${set}/${video}/${frame}`;
}

/** The image's path, of whichever ending is there; JPEG where none is, as published. */
async function imageOf(root: string, id: string, camera: 'visible' | 'lwir'): Promise<string> {
  const [set = '', video = '', frame = ''] = id.split('/');
  const stem = `${set}/${video}/${camera}/${frame}`;
  const png = await firstThere([join(root, `${stem}.png`)]);
  return png === undefined ? `${stem}.jpg` : `${stem}.png`;
}
