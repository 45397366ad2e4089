import { join } from 'node:path';
import type { ScenesOptions } from '../data/scenesOptions.ts';
import { scenesToCaltech } from '../data/toCaltech.ts';
import { writeFileAtomic } from './files.ts';
import { encodeJpeg } from './images.ts';

export interface WriteScenesOptions {
  /** `set00` to `set99`. Default `set00`. */
  readonly set?: string;
  /** Quality of the JPEG frames, 1 to 100; `raw` keeps every bit. Default 90. */
  readonly quality?: number | 'raw';
  /** Called after each file with its path below the folder. */
  readonly onFile?: (path: string) => void;
  /** Ends the work between two files. */
  readonly signal?: AbortSignal;
}

/**
 * Writes street scenes as a Caltech folder, for `caltech(directory, { skip: 1 })` and for every other reader of the format.
 *
 * @throws RangeError or TypeError as `scenes`; the signal's reason; Error of the file system
 */
export async function writeScenes(
  directory: string,
  options: ScenesOptions,
  { set = 'set00', quality = 90, onFile, signal }: WriteScenesOptions = {},
): Promise<void> {
  const encode =
    quality === 'raw' ? {} : { encode: (image: Parameters<typeof encodeJpeg>[0]) => encodeJpeg(image, quality) };
  for await (const { path, bytes } of scenesToCaltech(options, { set, ...encode })) {
    signal?.throwIfAborted();
    await writeFileAtomic(join(directory, path), bytes);
    onFile?.(path);
  }
}
