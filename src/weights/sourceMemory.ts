import type { WeightDraft } from './sourceCache.ts';
import { sha256 } from './sourceSha256.ts';

interface MemoryDraft extends WeightDraft {
  readonly keep: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** A file that is fetched into memory. */
export function memoryDraft(): MemoryDraft {
  let chunks: Uint8Array[] = [];
  let hash = sha256();
  return {
    write: (chunk) => {
      chunks.push(chunk);
      hash.update(chunk);
    },
    restart: () => {
      chunks = [];
      hash = sha256();
    },
    sha256: () => hash.hex(),
    keep: async () => {
      const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes;
    },
    discard: () => {
      chunks = [];
    },
  };
}
