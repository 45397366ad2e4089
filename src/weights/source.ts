import type { RangedSource } from './rangedSafetensors.ts';
import { shown } from './sourceAnswer.ts';
import { type FileNote, isFileNote, type WeightCache } from './sourceCache.ts';
import { download } from './sourceDownload.ts';
import { memoryDraft } from './sourceMemory.ts';
import { checkedAddress, checkOptions, type FetchOptions } from './sourceOptions.ts';

/** What was fetched. */
export interface Fetched extends FileNote {
  /** Without what may be secret in it. */
  readonly address: string;
  /** Whether it was in the cache. */
  readonly cached: boolean;
}

/** Weights that are fetched when `loadWeights` asks for them. */
export interface FetchedSource<Origin> {
  /** How errors call it. */
  readonly name: string;
  readonly read: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<Uint8Array | RangedSource>;
  /** What was read last; undefined before. */
  readonly origin: () => Origin | undefined;
}

export interface FromUrlOptions extends FetchOptions {
  /** Is told what was fetched, before anything is done with it. */
  readonly onOrigin?: (origin: Fetched) => void;
}

/**
 * Weights at an address. With a cache, the server is asked whether the file is still the same one (its etag, or the time
 * of its last change) and is not asked at all where `sha256` is given.
 *
 * Through a proxy: `fetch: (address, options) => undici.fetch(address, { ...options, dispatcher: new undici.ProxyAgent(proxy) })`.
 *
 * @throws TypeError for what is no address of http or https, RangeError for an option that cannot be. Reading throws Error for
 * a file that cannot be had, naming its address, FormatError for one of another hash or size
 */
export function fromUrl(address: string | URL, options: FromUrlOptions = {}): FetchedSource<Fetched> {
  const url = checkedAddress('fromUrl', address);
  checkOptions('fromUrl', options);
  let origin: Fetched | undefined;
  return {
    name: shown(url),
    origin: () => origin,
    read: async ({ signal } = {}) => {
      const { sha256, size, cached, given } = await obtain({ ...options, address: url, signal });
      origin = { address: shown(url), sha256, size, cached };
      options.onOrigin?.(origin);
      return given;
    },
  };
}

export interface Wanted extends FetchOptions {
  readonly address: string;
  readonly size?: number | undefined;
  readonly explain?: (response: Response) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Obtained extends FileNote {
  readonly cached: boolean;
  readonly given: Uint8Array | RangedSource;
}

/** A file from the cache, or from the network through it. */
export async function obtain(wanted: Wanted): Promise<Obtained> {
  const { address, cache, offline = false, sha256, signal } = wanted;
  signal?.throwIfAborted();
  const noted = await cache?.note(address);
  const note = isFileNote(noted) && (sha256 === undefined || noted.sha256 === sha256) ? noted : undefined;
  const expected = sha256 ?? note?.sha256;
  const given = expected === undefined ? undefined : await cache?.find(expected, wanted.size ?? note?.size);
  const hit = expected !== undefined && given && { sha256: expected, size: sizeOf(given), cached: true, given };
  if (hit && (offline || sha256 !== undefined)) return hit;
  if (offline) throw missing(shown(address), cache, note);

  const known = hit && note && isValidated(note) ? note.validator : undefined;
  const draft = cache ? await cache.draft() : memoryDraft();
  try {
    let bytes = 0;
    const counted = {
      ...draft,
      write: (chunk: Uint8Array) => {
        bytes += chunk.length;
        return draft.write(chunk);
      },
      restart: () => {
        bytes = 0;
        return draft.restart();
      },
    };
    const answer = await download({ ...wanted, known }, counted);
    if (answer === 'same' && hit) return hit;
    const is = { sha256: draft.sha256(), size: bytes };
    const given = await draft.keep();
    if (answer !== 'same') await cache?.remember(address, { ...is, validator: answer.any });
    return { ...is, cached: false, given };
  } catch (error) {
    if (!hit || !(error instanceof Error) || signal?.aborted) throw error;
    throw new Error(`${error.message}; a copy that was fetched before is in the cache: offline: true takes it`, {
      cause: error,
    });
  } finally {
    await draft.discard();
  }
}

/** All bytes of what a source gave. */
export async function allBytes(given: Uint8Array | RangedSource): Promise<Uint8Array> {
  if (given instanceof Uint8Array) return given;
  const bytes = new Uint8Array(given.size);
  await given.readInto(0, bytes);
  return bytes;
}

const sizeOf = (given: Uint8Array | RangedSource) => (given instanceof Uint8Array ? given.length : given.size);

const isValidated = (note: object): note is { readonly validator: string } =>
  'validator' in note && typeof note.validator === 'string';

function missing(name: string, cache: WeightCache | undefined, note: FileNote | undefined): Error {
  const was = note ? `the cache in ${cache?.name} knew it, but its ${note.size} bytes are gone or damaged` : undefined;
  return new Error(
    `${name}: ${was ?? `it is not in the cache in ${cache?.name}`}, and offline is true; load it once with the network`,
  );
}
