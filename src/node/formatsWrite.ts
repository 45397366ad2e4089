import { join } from 'node:path';
import type { Converted } from '../data/formats/convert.ts';
import { isInside } from '../data/formats/path.ts';
import type { Sample } from '../data/sample.ts';
import { writeFileAtomic } from './files.ts';
import { encodeJpeg, encodePng } from './images.ts';

export interface WriteConvertedOptions {
  /** Whether images are written: those that lie in a file as they are, others encoded; or texts alone. Default `copy`. */
  readonly images?: 'copy' | 'none';
  /** Quality of images that are encoded as JPEG, 1 to 100. Default 95. */
  readonly quality?: number;
  /** Called after each file with its path below the folder, and how many there are. */
  readonly onFile?: (path: string, done: number, all: number) => void;
  /** Ends the work between two files. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a converted data set into a folder: images, then texts, so that what is named is there. Each file is written
 * beside its place and renamed into it.
 *
 * @throws RangeError for a path that leads out of the folder, before anything is written; the signal's reason; Error of
 * the file system, or of an image that cannot be read
 */
export async function writeConverted(
  directory: string,
  { files, images }: Converted<Sample>,
  { images: how = 'copy', quality = 95, onFile, signal }: WriteConvertedOptions = {},
): Promise<void> {
  const pictures = how === 'none' ? [] : images;
  for (const path of [...files.keys(), ...pictures.map(({ path }) => path)])
    if (!isInside(path)) throw new RangeError(`writeConverted: ${JSON.stringify(path)} leads out of ${directory}`);
  const all = files.size + pictures.length;
  let done = 0;
  const put = async (path: string, content: () => Promise<Uint8Array | string>) => {
    signal?.throwIfAborted();
    await writeFileAtomic(join(directory, path), await content());
    onFile?.(path, ++done, all);
  };
  for (const { path, sample } of pictures) await put(path, () => bytesOf(sample, path, quality));
  for (const [path, text] of files) await put(path, async () => text);
}

async function bytesOf(sample: Sample, path: string, quality: number): Promise<Uint8Array> {
  if (sample.file) return sample.file.read();
  const image = await sample.image();
  return path.endsWith('.jpg') ? encodeJpeg(image, quality) : encodePng(image);
}
