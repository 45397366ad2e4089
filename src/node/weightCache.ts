import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { WeightCache, WeightDraft } from '../weights/sourceCache.ts';
import { writeFileAtomic } from './files.ts';
import { rangedFile } from './weightFile.ts';

export interface WeightCacheOptions {
  /** Default `pyramidion/weights` in the usual folder: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, LOCALAPPDATA. */
  readonly folder?: string;
}

/**
 * Keeps fetched weights as files. Each lies under its own hash, is written beside its place and renamed into it, and is hashed
 * whenever it is taken out; so processes can share the folder, and what is damaged is fetched again. The folder may be deleted at any time.
 */
export function weightCache({ folder = usualFolder() }: WeightCacheOptions = {}): WeightCache {
  const contents = join(folder, 'contents');
  const noteAt = (key: string) =>
    join(folder, 'notes', `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`);
  return {
    name: folder,
    find: async (sha256, size) => {
      const path = join(contents, sha256);
      const there = await stat(path).catch(() => undefined);
      if (!there || there.size !== (size ?? there.size) || (await hashOf(path)) !== sha256) return undefined;
      return rangedFile(path, () => true);
    },
    draft: () => draftIn(contents),
    note: async (key) => {
      try {
        const noted: unknown = JSON.parse(await readFile(noteAt(key), 'utf8'));
        return typeof noted === 'object' && noted !== null && 'key' in noted && noted.key === key && 'value' in noted
          ? noted.value
          : undefined;
      } catch {
        return undefined; // it is not there, or damaged
      }
    },
    remember: (key, value) => writeFileAtomic(noteAt(key), `${JSON.stringify({ key, value }, null, 2)}\n`),
  };
}

function usualFolder(): string {
  const { XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = process.env;
  const home = homedir();
  const base =
    platform() === 'win32'
      ? local || join(home, 'AppData', 'Local')
      : platform() === 'darwin'
        ? join(home, 'Library', 'Caches')
        : isAbsolute(xdg) // others are to be ignored: XDG Base Directory Specification
          ? xdg
          : join(home, '.cache');
  return join(base, 'pyramidion', 'weights');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

async function draftIn(folder: string): Promise<WeightDraft> {
  await mkdir(folder, { recursive: true });
  await dropOld(folder);
  const beside = join(folder, `${randomBytes(8).toString('hex')}.part`);
  let file: FileHandle | undefined = await open(beside, 'wx');
  let hash = createHash('sha256');
  let at = 0;
  const close = async () => {
    const opened = file;
    file = undefined;
    await opened?.close();
  };
  const sha256 = () => hash.copy().digest('hex');
  return {
    write: async (chunk) => {
      for (let done = 0; file && done < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
      hash.update(chunk);
    },
    restart: async () => {
      await file?.truncate(0);
      hash = createHash('sha256');
      at = 0;
    },
    sha256,
    keep: async () => {
      await file?.sync();
      await close();
      const [path, is] = [join(folder, sha256()), sha256()];
      await rename(beside, path).catch(async (error) => {
        // Windows renames over no file that another process reads; that file has the same hash
        if ((await hashOf(path).catch(() => undefined)) !== is) throw error;
      });
      return rangedFile(path, () => true); // whoever replaces it has the same bytes
    },
    discard: async () => {
      await close();
      await rm(beside, { force: true });
    },
  };
}

/** A process that was killed leaves its part behind; after a day nobody writes to it. */
async function dropOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.part')) continue;
    const path = join(folder, name);
    const there = await stat(path).catch(() => undefined);
    if (there && Date.now() - there.mtimeMs > 86_400_000) await rm(path, { force: true });
  }
}
