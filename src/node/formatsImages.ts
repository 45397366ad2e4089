import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { type ImageRecord, sampleOfRecord } from '../data/formats/record.ts';
import { imageSize } from '../data/imageSize.ts';
import { isTurned } from '../data/imageTurned.ts';
import type { Sample } from '../data/sample.ts';
import { type BadOptions, type DataSet, orSkip, type Skipped } from '../data/skipped.ts';
import { present } from './formatsPaths.ts';
import { fileBytes } from './imageFile.ts';
import { fileImage } from './loadingWorkers.ts';

/** What every reader of a folder takes. */
export interface FolderOptions extends BadOptions {
  /** Ids of the images that are wanted. Default all. */
  readonly only?: readonly string[];
}

/** Files that are looked at side by side. */
const atOnce = 16;

/** Runs `work` over items, some at a time; results in the items' order. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  return results;
}

/**
 * Samples of records, their images below `root`. Pixels are read when they are asked for. A size that the annotations do
 * not tell is read from the image's header now. With `onBad: 'skip'` an image that is missing is left out and counted.
 *
 * @throws RangeError for an id of `only` that is not there; FormatError for an image that is missing or no image
 */
export async function folderSamples(
  records: readonly ImageRecord[],
  root: string,
  options: FolderOptions,
  skipped: readonly Skipped[] = [],
): Promise<DataSet> {
  const { wanted, absent } = chosen(records, root, options, skipped);
  const found = await inOrder(wanted, async (record) => {
    const left: Skipped[] = [];
    const sample = await orSkip(options, record.id, left, () => sampleOf(record, join(root, record.file), options));
    return { sample, left };
  });
  return {
    samples: found.flatMap(({ sample }) => sample ?? []),
    skipped: [...skipped, ...absent, ...found.flatMap(({ left }) => left)],
  };
}

/** Records in the order of `only`; one that is not there is an error, or is left out with the reason that it has. */
function chosen(
  records: readonly ImageRecord[],
  root: string,
  { only, onBad }: FolderOptions,
  skipped: readonly Skipped[],
) {
  if (only === undefined) return { wanted: records, absent: [] };
  const byId = new Map(records.map((record) => [record.id, record]));
  const missing = only.filter((id) => !byId.has(id));
  if (missing.length > 0 && onBad !== 'skip')
    throw new RangeError(
      `there is no image ${missing[0]} among the ${byId.size} of ${root}; they are called as ${records[0]?.id}`,
    );
  const known = new Set(skipped.map(({ where }) => where));
  const absent = missing
    .filter((id) => !known.has(id))
    .map((where) => ({ where, reason: 'there is no such annotation' }));
  return { wanted: only.flatMap((id) => byId.get(id) ?? []), absent };
}

async function sampleOf(record: ImageRecord, path: string, { onBad }: BadOptions): Promise<Sample> {
  if (onBad === 'skip') await present(path);
  const told = record.width !== undefined && record.height !== undefined;
  const { width, height } = told ? { width: record.width, height: record.height } : await peekSize(path);
  const file = { ending: extname(path).slice(1), read: () => fileBytes(path) };
  return sampleOfRecord(record, { width, height, image: fileImage({ at: path, width, height }), file });
}

/** Bytes of a header that are looked at, at most: a JPEG may carry a preview and a colour profile before its size. */
const most = 2 ** 22;

/** The size that an image will have when decoded. @throws FormatError for a file that is missing or no JPEG or PNG */
export async function peekSize(path: string): Promise<{ readonly width: number; readonly height: number }> {
  await present(path);
  for (let length = 2 ** 16; ; length *= 4) {
    const bytes = await readStart(path, length);
    const last = length >= most || bytes.length < length;
    const found = last ? imageSize(bytes, path) : tried(bytes);
    if (found === undefined && !last) continue;
    if (found === undefined || found.width < 1 || found.height < 1)
      throw new FormatError(`${path} is no JPEG or PNG with a size; its size cannot be told`);
    const { width, height } = found;
    return isTurned(bytes) ? { width: height, height: width } : { width, height };
  }
}

/** The first bytes of a file, which is closed at once: there may be more files than a process may have open. */
async function readStart(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    for (let read = 1; read > 0 && filled < length; filled += read)
      ({ bytesRead: read } = await file.read(bytes, filled, length - filled, filled));
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/** The size, where enough of the header is there. */
function tried(bytes: Uint8Array) {
  try {
    return imageSize(bytes);
  } catch {
    return undefined;
  }
}

/** What becomes of a wrong object of a file: with `onBad: 'skip'` it is noted and left out. */
export function badObjects({ onBad }: BadOptions, where: string, skipped: Skipped[]) {
  return onBad === 'skip' ? { onBadObject: (error: Error) => skipped.push({ where, reason: error.message }) } : {};
}

/** Reads one record a file; with `onBad: 'skip'` a file or an object that is wrong is noted and left out. */
export async function recordsOf<Item>(
  items: readonly Item[],
  options: BadOptions,
  whereOf: (item: Item) => string,
  read: (item: Item, bad: ReturnType<typeof badObjects>) => Promise<ImageRecord>,
): Promise<{ readonly records: readonly ImageRecord[]; readonly skipped: readonly Skipped[] }> {
  const found = await inOrder(items, async (item) => {
    const left: Skipped[] = [];
    const where = whereOf(item);
    const record = await orSkip(options, where, left, () => read(item, badObjects(options, where, left)));
    return { record, left };
  });
  return { records: found.flatMap(({ record }) => record ?? []), skipped: found.flatMap(({ left }) => left) };
}
