import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../train/checkpointStore.ts';
import type { CheckpointName } from '../train/kept.ts';
import { notWritten } from './files.ts';
import { lockFolder } from './lock.ts';
import { saveModel } from './saveModel.ts';

/** What a run that was killed while it wrote has left. */
const unfinished = /^(last|best[\w.-]*)\.(json|safetensors)\.[0-9a-f]{12}\.part$/;

/**
 * Checkpoints as files of a folder: `last.safetensors`, `best.safetensors` and those that are kept, each with a JSON beside
 * it that a person can read. Both are written beside their place and then renamed into it; the tensors come last, and hold
 * all that a resume needs. While a run goes on the folder is its own.
 */
export function checkpointFolder(folder: string): Required<CheckpointStore> {
  let release: (() => Promise<void>) | undefined;
  return {
    open: async () => {
      release = await lockFolder(folder);
      for (const name of await readdir(folder))
        if (unfinished.test(name)) await rm(join(folder, name), { force: true });
    },
    close: async () => {
      await release?.();
      release = undefined;
    },
    save: async (name, bytes, record) => {
      const files = new Map<string, Uint8Array | string>([
        [`${name}.json`, `${JSON.stringify(record, null, 2)}\n`],
        [`${name}.safetensors`, bytes],
      ]);
      await saveModel(folder, files).catch((error: unknown) => {
        throw notWritten(join(folder, `${name}.safetensors`), bytes.length, error);
      });
    },
    remove: async (name) => {
      for (const end of ['safetensors', 'json']) await rm(join(folder, `${name}.${end}`), { force: true });
    },
  };
}

/** A checkpoint that `checkpointFolder` wrote. @throws Error of the file system where there is none */
export async function readCheckpointFile(folder: string, name: CheckpointName): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(folder, `${name}.safetensors`)));
}
