import { checkSecure, rangeOf, refuse, shown, type Validator, validatorOf, wrongHash } from './sourceAnswer.ts';
import { type Progress, readBody, type State } from './sourceBody.ts';
import { BrokenConnection, pause, within } from './sourceBroken.ts';
import type { WeightSink } from './sourceCache.ts';

export interface TransferOptions {
  /** Asks servers: one that goes through a proxy, say. Default the platform's. */
  readonly fetch?: typeof fetch;
  /** Is sent to the server as a bearer token, never to another one that it redirects to, and is in no error. */
  readonly token?: string;
  /** How many connections in a row may break before 1 MiB came. Default 5. */
  readonly retries?: number;
  /** Milliseconds before the first of them; each next one waits twice as long, or as long as the server asks, up to a minute. Default 500. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default 30 000. */
  readonly stall?: number;
  /** Bytes that a file may have. Default 2 GiB. */
  readonly maxBytes?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Transfer extends TransferOptions {
  readonly address: string;
  readonly size?: number | undefined;
  readonly sha256?: string | undefined;
  /** The validator of what is here already; an answer with the same one is not read. */
  readonly known?: string | undefined;
  /** What a refusal means here. */
  readonly explain?: (response: Response) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const enough = 1 << 20; // bytes after which a broken connection is forgiven

/**
 * Fetches a file into a sink. A connection that breaks or stalls is taken up where it broke, if the file is surely the same
 * one: by a strong etag, or because its hash is known. Otherwise it begins again. `same`: it is the known one.
 *
 * The etags are compared here and not by the server's If-Range, for which a page would need the leave of the server.
 *
 * @throws Error naming the address for an answer that is no file, or after too many breaks; FormatError for a file of another
 * size or hash; whatever the signal was aborted with
 */
export async function download(transfer: Transfer, sink: WeightSink): Promise<'same' | Validator> {
  const { address, retries = 5, retryDelay = 500, signal, sha256 } = transfer;
  const name = shown(address);
  const state: State = { bytes: 0, total: transfer.size, validator: {}, stitched: false, resume: true };
  for (let breaks = 0; ; ) {
    const before = state.bytes;
    try {
      const ended = await attempt(name, transfer, state, sink);
      if (ended === 'same') return 'same';
      const is = sink.sha256();
      if (sha256 === undefined || is === sha256) return state.validator;
      if (!state.stitched) wrongHash(name, is, sha256);
      state.resume = false; // the parts may be of two files: once more, whole
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BrokenConnection)) throw error;
      breaks = state.bytes - before >= enough ? 1 : breaks + 1;
      if (breaks > retries)
        throw new Error(
          `${name}: ${error.message}, ${breaks} times in a row; ${state.bytes}${state.total === undefined ? '' : ` of ${state.total}`} bytes had come. Try again later, or look at the network (options.fetch goes through a proxy)`,
          { cause: error },
        );
      await pause(Math.min(60_000, Math.max(error.wait, retryDelay * 2 ** (breaks - 1))), signal);
    }
  }
}

async function attempt(name: string, transfer: Transfer, state: State, sink: WeightSink): Promise<'same' | 'whole'> {
  const { address, token, stall = 30_000, signal, known, sha256 } = transfer;
  const resuming = state.resume && state.bytes > 0 && (state.validator.strong !== undefined || sha256 !== undefined);
  const restart = async () => {
    await sink.restart();
    Object.assign(state, { bytes: 0, stitched: false });
  };
  if (!resuming) await restart();

  const leave = new AbortController();
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(resuming ? { range: `bytes=${state.bytes}-` } : {}),
  };
  try {
    const asking = (transfer.fetch ?? fetch)(address, { headers, signal: leave.signal });
    const response = await within(asking, stall, signal);
    checkSecure(name, address, response);
    if (resuming && !continues(response, state)) {
      await restart();
      if (response.status === 206 || response.status === 416)
        throw new BrokenConnection('the file changed while it was fetched');
    }
    if (response.status !== 200 && !(resuming && response.status === 206))
      refuse(name, response, transfer.explain?.(response));
    if (response.status === 206) state.stitched = true;
    else {
      state.validator = validatorOf(response);
      if (known !== undefined && state.validator.any === known) return 'same';
    }
    await readBody(name, response, { ...transfer, state, sink });
    return 'whole';
  } finally {
    leave.abort();
  }
}

/** Whether an answer goes on where the last one broke. */
function continues(response: Response, { bytes, validator: { strong } }: State): boolean {
  const range = response.status === 206 ? rangeOf(response) : undefined;
  const etag = validatorOf(response).strong;
  // a page may not see the range; then a known hash is what tells
  return (
    response.status === 206 &&
    (range === undefined || range.from === bytes) &&
    (strong === undefined || etag === strong)
  );
}
