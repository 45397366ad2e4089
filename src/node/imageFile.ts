import { readFile } from 'node:fs/promises';
import { FormatError } from '../data/formatError.ts';
import type { RgbImage } from '../data/image.ts';
import type { Place } from '../data/loaders.ts';
import { present } from './formatsPaths.ts';
import { decodeImage } from './images.ts';

/** @throws FormatError where there is no such file */
export async function fileBytes(path: string): Promise<Uint8Array> {
  await present(path);
  return new Uint8Array(await readFile(path));
}

/** Pixels of an image file. @throws FormatError for a file that is missing, is no image, or has another size */
export async function readPlace({ at: path, width, height }: Place): Promise<RgbImage> {
  const found = await decodeImage(await fileBytes(path), { name: path });
  if (found.width !== width || found.height !== height)
    throw new FormatError(
      `${path}: the image is ${found.height}x${found.width}; its annotation is for ${height}x${width}`,
    );
  return found;
}
