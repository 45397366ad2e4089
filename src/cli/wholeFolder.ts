import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Writes a folder that is there when it is whole: beside its place, then renamed into it. Into a folder that has something
 * already, file by file.
 *
 * @param write gets the folder to write into
 * @throws what `write` throws, and nothing is left behind of a new folder
 */
export async function wholeFolder<T>(folder: string, write: (into: string) => Promise<T>): Promise<T> {
  const there = await readdir(folder).catch(() => undefined);
  if (there !== undefined && there.length > 0) return write(folder);
  const path = resolve(folder);
  const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await mkdir(beside);
    const result = await write(beside);
    if (there !== undefined) await rmdir(path); // not every system renames onto a folder
    await rename(beside, path);
    return result;
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}
