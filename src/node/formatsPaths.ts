import { readdir, readFile, stat } from 'node:fs/promises';
import { FormatError } from '../data/formatError.ts';

/** Endings of images that every data set here has. */
export const imageEndings = ['.jpg', '.jpeg', '.png'] as const;

/** Names of a folder that end in one of `endings`, sorted; none where there is no such folder. */
export async function namesIn(folder: string, ...endings: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => endings.some((ending) => name.toLowerCase().endsWith(ending))).sort();
}

/** Paths below a folder, with `/`, of files that end in one of `endings`, sorted. */
export async function namesBelow(folder: string, ...endings: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const plain = names.map((name) => name.replaceAll('\\', '/'));
  return plain.filter((name) => endings.some((ending) => name.toLowerCase().endsWith(ending))).sort();
}

/** The first of some paths that is there. */
export async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await stat(path).catch(() => undefined)) return path;
  return undefined;
}

/** The text of a file that must be there. @throws FormatError where it is missing */
export async function textOf(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<string> {
  await present(path);
  return readFile(path, encoding);
}

/** @throws FormatError where there is no such file */
export async function present(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new FormatError(`${path} is missing`);
}
