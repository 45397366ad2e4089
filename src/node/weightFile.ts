import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { RangedSource } from '../weights/rangedSafetensors.ts';

const untouched = (now: Stats, first: Stats) => now.size === first.size && now.mtimeMs === first.mtimeMs;

/**
 * Bytes of a file at any place. It is open only while it is read, so that nothing needs closing.
 *
 * @throws Error of the file system. Reading throws Error for a file that is not the same one as before
 */
export async function rangedFile(path: string, same = untouched): Promise<RangedSource> {
  const first = await stat(path);
  const { size } = first;
  return {
    name: path,
    size,
    readInto: async (offset, into) => {
      const file = await open(path);
      try {
        if (!same(await file.stat(), first))
          throw new Error(`${path}: the file changed while it was read; load it again`);
        for (let filled = 0; filled < into.length; ) {
          const { bytesRead } = await file.read(into, filled, into.length - filled, offset + filled);
          if (bytesRead === 0)
            throw new RangeError(`${path}: ends at ${offset + filled}, but ${offset + into.length} were asked for`);
          filled += bytesRead;
        }
      } finally {
        await file.close();
      }
    },
  };
}

/** Weights in a file on disk, which is never in memory as a whole where its format allows it. Reading throws Error where there is no such file. */
export function fromFile(path: string): { readonly name: string; readonly read: () => Promise<RangedSource> } {
  return {
    name: path,
    read: () =>
      rangedFile(path).catch((cause: unknown) => {
        throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }),
  };
}
