import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * Writes the files of a model into a folder, which is made: each beside its place, and only when all are there they are
 * renamed, in their order. So `saveModel(folder, graphModelFiles(artifacts))`, whose `model.json` comes last, is there
 * whole or not at all; an earlier model in the folder stays until then.
 *
 * @throws RangeError for a name that is no plain file name; Error of the file system, and nothing is left behind then
 */
export async function saveModel(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  for (const name of files.keys())
    if (name === '' || name === '.' || name === '..' || basename(name) !== name)
      throw new RangeError(`saveModel: ${JSON.stringify(name)} is no file name; give names without folders`);
  await mkdir(folder, { recursive: true });
  const end = `.${randomBytes(6).toString('hex')}.part`;
  const beside: string[] = [];
  try {
    for (const [name, content] of files) {
      const path = join(folder, `${name}${end}`);
      const file: FileHandle = await open(path, 'wx');
      beside.push(path);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const name of files.keys()) await rename(join(folder, `${name}${end}`), join(folder, name));
  } catch (error) {
    await Promise.all(beside.map((path) => rm(path, { force: true })));
    throw error;
  }
}
