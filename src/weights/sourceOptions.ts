import { shown } from './sourceAnswer.ts';
import { isSha256, type WeightCache } from './sourceCache.ts';
import type { TransferOptions } from './sourceDownload.ts';

/** How a file is fetched and where it is kept. */
export interface FetchOptions extends TransferOptions {
  /** Where it is kept for the next time: `weightCache()` of `pyramidion/node` or `pyramidion/web`. Default nowhere. */
  readonly cache?: WeightCache;
  /** Whether only the cache is asked, and never the network. Default false. */
  readonly offline?: boolean;
  /** Of the file, hexadecimal. It is compared in any case; a file with this hash in the cache needs no network. */
  readonly sha256?: string;
}

/** @throws TypeError */
export function checkedAddress(where: string, address: string | URL): string {
  const url = URL.canParse(`${address}`) ? new URL(`${address}`) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError(
      `${where}: ${JSON.stringify(`${address}`.slice(0, 80))} is no address of http or https; a file on disk is fromFile(path) of pyramidion/node`,
    );
  if (url.username !== '' || url.password !== '')
    throw new TypeError(
      `${where}: ${shown(url.href)} was given with a user in the address; give options.token instead`,
    );
  return url.href;
}

/** @throws RangeError */
export function checkOptions(where: string, options: FetchOptions): void {
  const { sha256, offline, cache } = options;
  if (sha256 !== undefined && !isSha256(sha256))
    throw new RangeError(
      `${where}: sha256 is ${JSON.stringify(sha256)}; it must be 64 hexadecimal digits in lower case`,
    );
  if (offline && !cache) throw new RangeError(`${where}: offline is true but there is no cache; give options.cache`);
  for (const key of ['retries', 'retryDelay', 'stall', 'maxBytes'] as const) {
    const value = options[key];
    if (value !== undefined && !(value >= 0))
      throw new RangeError(`${where}: ${key} is ${value}; it must be at least 0`);
  }
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token))
    throw new RangeError(`${where}: the token has characters that no token has; a line end at its end, perhaps`);
}
