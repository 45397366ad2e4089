import type { RangedSource } from '../weights/rangedSafetensors.ts';
import type { WeightCache } from '../weights/sourceCache.ts';
import { memoryDraft } from '../weights/sourceMemory.ts';

export interface WeightCacheOptions {
  /** Of the cache in this origin. Default `pyramidion-weights`. */
  readonly name?: string;
  /** Is told that weights could not be kept: the browser's storage is full. They are loaded all the same. */
  readonly onFull?: (error: unknown) => void;
}

/**
 * Keeps fetched weights in the browser's Cache Storage, in a page or a worker, where they lie on disk until the browser needs
 * the room. `caches.delete('pyramidion-weights')` empties it. Nothing is asked of the browser before it is used.
 *
 * @throws Error, when it is used, in a page that is not secure: it has no Cache Storage
 */
export function weightCache({ name = 'pyramidion-weights', onFull }: WeightCacheOptions = {}): WeightCache {
  const opened = () => {
    if (!('caches' in globalThis))
      throw new Error(
        `weightCache: there is no Cache Storage here; serve the page by https or from localhost, or give no cache`,
      );
    return caches.open(name);
  };
  // addresses that lead nowhere: Cache Storage knows things by the address of a request
  const at = (kind: 'contents' | 'notes', key: string) =>
    `https://pyramidion.invalid/${kind}/${encodeURIComponent(key)}`;
  const put = async (address: string, body: BodyInit) => {
    try {
      await (await opened()).put(address, new Response(body));
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      onFull?.(error);
    }
  };
  return {
    name: `Cache Storage (${name})`,
    find: async (sha256, size) => {
      const response = await (await opened()).match(at('contents', sha256));
      const blob = await response?.blob();
      return blob && blob.size === (size ?? blob.size) ? ranged(blob, name) : undefined; // what was put in was hashed, and is there whole or not at all
    },
    draft: async () => {
      await opened();
      const draft = memoryDraft();
      return {
        ...draft,
        keep: async () => {
          const hash = draft.sha256();
          const bytes = await draft.keep();
          await put(at('contents', hash), new Blob([bytes]));
          return bytes;
        },
      };
    },
    note: async (key) => {
      const response = await (await opened()).match(at('notes', key));
      return response?.json().catch(() => undefined);
    },
    remember: (key, value) => put(at('notes', key), JSON.stringify(value)),
  };
}

const ranged = (blob: Blob, name: string): RangedSource => ({
  name,
  size: blob.size,
  readInto: async (offset, into) => {
    const part = await blob.slice(offset, offset + into.length).arrayBuffer();
    if (part.byteLength !== into.length) throw new RangeError(`${name}: ends at ${offset + part.byteLength}`);
    into.set(new Uint8Array(part));
  },
});
