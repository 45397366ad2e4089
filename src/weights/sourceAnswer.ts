import { FormatError, printable } from '../data/formatError.ts';
import { BrokenConnection } from './sourceBroken.ts';

/** An address as errors show it: without what may be secret in it. */
export function shown(address: string): string {
  const { origin, pathname, search } = new URL(address);
  return `${origin}${pathname}${search === '' ? '' : '?...'}`;
}

/** Milliseconds that a server asks to wait. @see RFC 9110, section 10.2.3 */
export function waitOf(headers: Headers): number {
  const after = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, 1000 * seconds) : 0;
}

const passing: readonly number[] = [408, 429, 500, 502, 503, 504];

/** @throws BrokenConnection for an answer that may be another one later; Error for one that will not */
export function refuse(name: string, response: Response, told: string | undefined): never {
  const { status, statusText, headers } = response;
  const said = `${status}${statusText === '' ? '' : ` ${printable(statusText)}`}`;
  if (passing.includes(status)) throw new BrokenConnection(`the server answers ${said}`, waitOf(headers));
  throw new Error(`${name}: the server answers ${said}${told ?? remedy(status)}`);
}

function remedy(status: number): string {
  if (status === 401 || status === 403) return '; it wants to know who asks: give a token, or another one';
  if (status === 404 || status === 410) return '; there is no such file: look at the address';
  return '';
}

/** Bytes of a body; undefined where they are not told, or are told of its compressed form. */
export function lengthOf({ headers }: Response): number | undefined {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const length = headers.get('content-length') ?? '';
  return encoding === 'identity' && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** Where a part of a file lies. @see RFC 9110, section 14.4 */
export function rangeOf({
  headers,
}: Response): { readonly from: number; readonly total: number | undefined } | undefined {
  const found = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (!found) return undefined;
  return { from: Number(found[1]), total: found[2] === '*' ? undefined : Number(found[2]) };
}

/** What tells whether a file changed. */
export interface Validator {
  /** Of the very bytes, so that parts with the same one fit together. */
  readonly strong?: string;
  /** Of the meaning. */
  readonly any?: string;
}

export function validatorOf({ headers }: Response): Validator {
  const etag = headers.get('etag');
  const any = etag ?? headers.get('last-modified');
  return { ...(etag?.startsWith('"') ? { strong: etag } : {}), ...(any === null ? {} : { any }) };
}

/** @throws Error for weights that were asked for by https and come without it */
export function checkSecure(name: string, asked: string, { url }: Response): void {
  if (asked.startsWith('https:') && url.startsWith('http:'))
    throw new Error(
      `${name}: it is redirected to ${shown(url)}, without https, so that anybody on the way could change it; give that address if it is meant`,
    );
}

/** @throws FormatError */
export function wrongHash(name: string, is: string, expected: string): never {
  throw new FormatError(
    `${name}: the file's sha256 is ${is}, but ${expected} was expected; it was changed on the way or at its place, and nothing of it is kept`,
  );
}
