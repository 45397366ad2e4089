import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Annotation } from '../core/annotation.ts';
import { FormatError } from '../data/formatError.ts';
import { openSeq } from '../data/seq.ts';
import { seqImage } from '../data/seqImage.ts';
import { fileSource } from '../node/files.ts';
import { decodeImage } from '../node/images.ts';
import { readData } from './dataFormats.ts';
import { type Io, UsageError } from './io.ts';
import { type PictureSource, pictureSources } from './pictureSources.ts';

/** A sequence that is to be looked at, frame by frame. */
export interface FrameSequence {
  /** What a title calls it. */
  readonly name: string;
  readonly frames: readonly SequenceFrame[];
  /** Frames a second, where the file says it. */
  readonly rate?: number;
}

export interface SequenceFrame extends PictureSource {
  /** What is there, where somebody marked it. */
  readonly truths?: readonly Annotation[];
}

/**
 * The frames of a `.seq`, of a folder, of a text file that lists pictures, of pictures in their order, or of a data set.
 *
 * @throws UsageError for none, or both pictures and a data set; FormatError that names the file, and the line or the frame
 */
export async function frameSequence(
  io: Io,
  paths: readonly string[],
  data: string | undefined,
): Promise<FrameSequence> {
  if (data !== undefined && paths.length === 0) {
    const { samples } = await readData(data);
    return { name: data, frames: samples.map(({ id, image, objects }) => ({ id, read: image, truths: objects })) };
  }
  const [first, ...more] = paths;
  if (first === undefined || data !== undefined) throw new UsageError('give a sequence, or a data set by --data');
  const ending = extname(first).toLowerCase();
  const name = basename(resolve(first));
  if (more.length === 0 && ending === '.seq') return { name, ...(await seqFrames(first)) };
  const listed = more.length === 0 && ending === '.txt' ? await listedIn(first) : paths;
  const frames = await pictureSources(io, listed, undefined);
  return { name: more.length === 0 ? name : `${name} and ${more.length} more`, frames };
}

async function seqFrames(file: string): Promise<Omit<FrameSequence, 'name'>> {
  const seq = await openSeq(await fileSource(file), { name: file });
  const count = await seq.count();
  const { framesPerSecond: rate } = seq.header;
  const frames = Array.from({ length: count }, (_, i) => {
    const id = `I${String(i).padStart(5, '0')}`;
    return { id, read: async () => seqImage(await seq.frame(i), seq.header, decodeImage, `${file}: ${id}`) };
  });
  return { frames, ...(rate > 0 ? { rate } : {}) };
}

/** Pictures that a text file lists, a path a line, from the folder of the list. */
async function listedIn(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).map((line) => line.trim());
  const found: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const path = resolve(dirname(file), line);
    const there = await stat(path).catch(() => undefined);
    if (!there?.isFile()) throw new FormatError(`${file}: line ${i + 1}: there is no picture ${line}`);
    found.push(path);
  }
  if (found.length === 0) throw new FormatError(`${file} lists no pictures; give a path a line`);
  return found;
}
