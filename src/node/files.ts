import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteSource } from '../data/byteSource.ts';

/** How long a file stays open after a read, milliseconds. */
const lingers = 200;

/**
 * A file as a source of bytes. It is opened by the first read and closes itself when no read has come for a moment, so
 * that nothing needs disposing and a data set may have more files than a process may open.
 *
 * @throws Error of the file system where there is no such file
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  let handle: Promise<FileHandle> | undefined;
  let reads = 0;
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    const open = handle;
    handle = undefined;
    open?.then((file) => file.close()).catch(() => undefined);
  };
  return {
    size,
    read: async (offset, length) => {
      clearTimeout(timer);
      reads++;
      try {
        handle ??= open(path);
        const file = await handle;
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0) break; // the file became shorter
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        reads--;
        if (reads === 0) timer = setTimeout(close, lingers).unref();
      }
    },
  };
}

/**
 * Writes a file beside its place and renames it into it, so that no reader and no crash meets half of it. Folders are made.
 *
 * @throws Error naming the file and what the file system said; nothing is left behind then
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw notWritten(path, content.length, error);
  }
}

/**
 * Writes at the end of a file: all of it, or nothing.
 *
 * @throws Error naming the file and what the file system said; the file is as it was then
 */
export function appendWhole(path: string, content: Uint8Array | string): void {
  const before = existsSync(path) ? statSync(path).size : 0;
  try {
    appendFileSync(path, content);
  } catch (error) {
    if (existsSync(path)) truncateSync(path, before);
    throw notWritten(path, content.length, error);
  }
}

/** What is to be thrown for a file that could not be written. */
export function notWritten(path: string, length: number, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  const remedy = /^(ENOSPC|EDQUOT|EFBIG)/.test(why) ? 'make room on the disk' : 'see to its folder';
  return new Error(`${path}: ${length} bytes could not be written: ${why}; ${remedy}. What was there is whole`, {
    cause: error,
  });
}
