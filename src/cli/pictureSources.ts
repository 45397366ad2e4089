import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutEnding } from '../data/formats/path.ts';
import type { RgbImage } from '../data/image.ts';
import type { EncodedImage } from '../detect/detectPhotograph.ts';
import { namesBelow } from '../node/formatsPaths.ts';
import { readData } from './dataFormats.ts';
import { type Io, readStdin, UsageError } from './io.ts';

/** A picture to be looked at. */
export interface PictureSource {
  /** What results call it. */
  readonly id: string;
  readonly read: () => Promise<EncodedImage | RgbImage>;
}

const endings = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif'] as const;

/**
 * Pictures of a data set, or of paths: a file is called by its path, one in a folder by its path below it without the
 * ending, so that results fit a data set of the same images; `-` is the input.
 *
 * @throws UsageError for neither, both, or a folder without pictures; Error of the file system
 */
export async function pictureSources(
  io: Io,
  paths: readonly string[],
  data: string | undefined,
): Promise<readonly PictureSource[]> {
  if (paths.length > 0 === (data !== undefined)) throw new UsageError('give pictures, or a data set by --data');
  if (data !== undefined) {
    const { samples } = await readData(data);
    return samples.map(({ id, image }) => ({ id, read: image }));
  }
  const found: PictureSource[] = [];
  for (const path of paths) {
    if (path === '-') {
      found.push({ id: '-', read: () => readStdin(io) });
      continue;
    }
    if (!(await stat(path)).isDirectory()) {
      found.push({ id: path, read: async () => path });
      continue;
    }
    const names = await namesBelow(path, ...endings);
    if (names.length === 0) throw new UsageError(`${path} has no pictures; they end in ${endings.join(', ')}`);
    for (const name of names) found.push({ id: withoutEnding(name), read: async () => join(path, name) });
  }
  const ids = found.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new UsageError(`two pictures are called ${twice}; look at them one after the other`);
  return found;
}
