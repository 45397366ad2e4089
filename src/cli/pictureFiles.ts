import { basename, join } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { isInside, withoutEnding } from '../data/formats/path.ts';

/**
 * Where the pictures of a folder lie, by their ids: what an id has of folders stays below it.
 *
 * @throws FormatError where two would be one file
 */
export function pictureFiles(folder: string, ids: readonly string[], ending: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const id of ids) {
    const plain = id === '-' ? 'stdin' : withoutEnding(id.replaceAll('\\', '/'));
    const name = isInside(plain) ? plain : basename(plain).replace(/[^\w.-]+/g, '_');
    const file = join(folder, `${name}.${ending}`);
    const other = taken.get(file);
    if (other !== undefined) throw new FormatError(`the pictures of ${other} and ${id} would both be ${file}`);
    taken.set(file, id);
    files.set(id, file);
  }
  return files;
}
