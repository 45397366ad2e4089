import type { RangedSource } from './rangedSafetensors.ts';

/** Where bytes go as they come. */
export interface WeightSink {
  readonly write: (chunk: Uint8Array) => void | Promise<void>;
  /** Forgets what was written. */
  readonly restart: () => void | Promise<void>;
  /** Of what was written so far, hexadecimal. */
  readonly sha256: () => string;
}

/** A file that is being fetched; nobody sees it before it is kept. */
export interface WeightDraft extends WeightSink {
  /** Puts it in its place under its hash, and gives its bytes. */
  readonly keep: () => Promise<Uint8Array | RangedSource>;
  /** Leaves nothing behind; after `keep` it does nothing. */
  readonly discard: () => void | Promise<void>;
}

/** Keeps weights that were fetched: `weightCache` of `pyramidion/node` and of `pyramidion/web`. */
export interface WeightCache {
  /** How errors call it: its folder. */
  readonly name: string;
  /** The file with this hash, of this size where it is known; undefined where there is none, or one that is cut or damaged. */
  readonly find: (sha256: string, size?: number) => Promise<Uint8Array | RangedSource | undefined>;
  readonly draft: () => Promise<WeightDraft>;
  /** What `remember` was given last under a key; undefined where there is nothing. */
  readonly note: (key: string) => Promise<unknown>;
  /** Keeps a value of JSON. */
  readonly remember: (key: string, value: unknown) => Promise<void>;
}

/** What is known of a file at an address. */
export interface FileNote {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Whether something that was remembered is about a file. */
export const isFileNote = (x: unknown): x is FileNote =>
  typeof x === 'object' &&
  x !== null &&
  'sha256' in x &&
  isSha256(x.sha256) &&
  'size' in x &&
  Number.isSafeInteger(x.size);

export const isSha256 = (x: unknown): x is string => typeof x === 'string' && /^[0-9a-f]{64}$/.test(x);
