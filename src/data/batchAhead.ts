/** Options of work that runs beside its consumer. */
export interface AheadOptions {
  /** How many results are in the making while the consumer works on one. Default 2. */
  readonly ahead?: number;
  /** Ends the work; the consumer gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Results 0 .. count - 1 in order, of work that starts `ahead` results before it is asked for. `make` gets a signal that
 * tells it when nobody waits any more. A failure reaches the consumer in its turn.
 */
export async function* inOrder<T>(
  count: number,
  make: (index: number, signal: AbortSignal) => Promise<T>,
  { ahead = 2, signal }: AheadOptions = {},
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const begun: Promise<T>[] = [];
  let next = 0;
  try {
    while (next < count || begun.length > 0) {
      stop.signal.throwIfAborted();
      for (; next < count && begun.length <= ahead; next++) {
        const result = make(next, stop.signal);
        result.catch(() => {}); // it is thrown in its turn
        begun.push(result);
      }
      const first = begun.shift();
      if (first) yield await orAborted(first, stop.signal);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }
}

/** A result, or the signal's reason if that comes first. Leaves nothing behind that would keep the result alive. */
function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** @throws RangeError unless it is a whole number of at least 0 */
export function checkAhead(where: string, { ahead = 0 }: AheadOptions): void {
  if (!(Number.isInteger(ahead) && ahead >= 0))
    throw new RangeError(`${where}: ahead is ${ahead}; it must be a whole number of at least 0 batches`);
}
