import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaltechVideoOptions, caltechVideo } from '../data/caltechVideo.ts';
import { FormatError } from '../data/formatError.ts';
import { openSeq } from '../data/seq.ts';
import { type DataSet, orSkip, type Skipped } from '../data/skipped.ts';
import { readVbb } from '../data/vbbRead.ts';
import { fileSource } from './files.ts';
import { decodeImage } from './images.ts';

/** Frames of a data set; what is left out is meant as a whole. */
export interface CaltechRange {
  /** `set02`. */
  readonly set: string;
  /** `V001`. Default all of the set. */
  readonly video?: string;
  /** First and last frame, from 0, both included. Default all of the video. */
  readonly frames?: readonly [first: number, last: number];
}

export interface CaltechOptions extends Omit<CaltechVideoOptions, 'name' | 'decode' | 'wanted'> {
  /** `train` is set00 to set05, `test` set06 to set10. Default all that are there. */
  readonly sets?: readonly string[] | 'train' | 'test';
  /** Only these frames. Default all. */
  readonly only?: readonly CaltechRange[];
  /** Not these frames. Default none. */
  readonly except?: readonly CaltechRange[];
}

const splits = {
  train: ['set00', 'set01', 'set02', 'set03', 'set04', 'set05'],
  test: ['set06', 'set07', 'set08', 'set09', 'set10'],
} as const;

/**
 * Reads a folder as the Caltech pedestrian data set is published: `set00/V000.seq` (or `videos/set00/V000.seq`) and
 * `annotations/set00/V000.vbb`. Samples are named `set00/V000/I00029`; their images are read when they are asked for.
 *
 * @throws RangeError for a folder without sets, or one that lacks a set that was asked for; FormatError that names the
 * file, frame and value where something is wrong, unless `onBad` is `skip`
 */
export async function caltech(directory: string, options: CaltechOptions = {}): Promise<DataSet> {
  const videos = await findSets(directory);
  const sets = typeof options.sets === 'string' ? splits[options.sets] : (options.sets ?? [...videos.keys()]);
  const skipped: Skipped[] = [];
  const parts: DataSet[] = [];
  for (const set of sets) {
    const folder = videos.get(set);
    if (folder === undefined)
      throw new RangeError(`caltech: ${directory} has no ${set}; it has ${[...videos.keys()].join(', ')}`);
    const names = (await readdir(folder)).filter((name) => /^V\d+\.seq$/.test(name)).sort();
    if (names.length === 0) throw new RangeError(`caltech: ${folder} has no V000.seq, V001.seq, ...`);
    for (const name of names) {
      const video = name.slice(0, -4);
      if (!touches(set, video, options)) continue;
      const part = await orSkip(options, `${set}/${video}`, skipped, () =>
        readVideo(directory, folder, set, video, options),
      );
      if (part) parts.push(part);
    }
  }
  return {
    samples: parts.flatMap((part) => part.samples),
    skipped: [...skipped, ...parts.flatMap((part) => part.skipped)],
  };
}

/** The folders of sets by name. */
async function findSets(directory: string): Promise<ReadonlyMap<string, string>> {
  for (const root of [directory, join(directory, 'videos')]) {
    const names = await readdir(root).catch(() => []);
    const sets = names.filter((name) => /^set\d\d$/.test(name)).sort();
    if (sets.length > 0) return new Map(sets.map((set) => [set, join(root, set)]));
  }
  throw new RangeError(`caltech: ${directory} has no folders set00, set01, ...; give the one that has, as published`);
}

async function readVideo(
  directory: string,
  folder: string,
  set: string,
  video: string,
  options: CaltechOptions,
): Promise<DataSet> {
  const annotation = join(directory, 'annotations', set, `${video}.vbb`);
  const bytes = await readFile(annotation).catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing ? new FormatError(`${annotation} is missing; ${set}/${video}.seq has no annotation`) : error;
  });
  const vbb = await readVbb(bytes, { name: annotation });
  const file = join(folder, `${video}.seq`);
  const seq = await openSeq(await fileSource(file), { name: file });
  const wanted = (frame: number) => isWanted(set, video, frame, options);
  return caltechVideo(seq, vbb, { ...options, name: `${set}/${video}`, decode: decodeImage, wanted });
}

/** Whether a video has frames that can be wanted, before it is opened. */
function touches(set: string, video: string, { only, except = [] }: CaltechOptions): boolean {
  const of = (range: CaltechRange) => range.set === set && (range.video ?? video) === video;
  return (only?.some(of) ?? true) && !except.some((range) => of(range) && range.frames === undefined);
}

function isWanted(set: string, video: string, frame: number, { only, except = [] }: CaltechOptions): boolean {
  const of = (range: CaltechRange) => {
    const [first, last] = range.frames ?? [0, Number.POSITIVE_INFINITY];
    return range.set === set && (range.video ?? video) === video && frame >= first && frame <= last;
  };
  return (only?.some(of) ?? true) && !except.some(of);
}
