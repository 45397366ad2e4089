import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../train/train.ts';
import { writeFileAtomic } from './files.ts';

/**
 * Checkpoints as files of a folder: `last.safetensors` and `best.safetensors`, each with a JSON beside it that a person
 * can read. Each is written beside its place and renamed into it; the tensors come last, and hold all that a resume needs.
 */
export function checkpointFolder(folder: string): CheckpointStore {
  return {
    save: async (name, bytes, record) => {
      await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
      await writeFileAtomic(join(folder, `${name}.safetensors`), bytes);
    },
  };
}

/** A checkpoint that `checkpointFolder` wrote. @throws Error of the file system where there is none */
export async function readCheckpointFile(folder: string, name: 'last' | 'best'): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(folder, `${name}.safetensors`)));
}
