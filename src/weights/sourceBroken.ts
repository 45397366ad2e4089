/** A connection that broke, or a server that cannot answer now: worth another try. */
export class BrokenConnection extends Error {
  /** Milliseconds that the server asks to wait. */
  readonly wait: number;
  constructor(message: string, wait = 0, cause?: unknown) {
    super(message, { cause });
    this.wait = wait;
  }
}

/** What a promise gives, unless it takes longer. @throws BrokenConnection then, and when it is rejected; the signal's reason when it is aborted */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  promise.catch(() => undefined); // it may fail after it is no longer waited for
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | undefined;
  const other = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BrokenConnection(`no byte came for ${milliseconds / 1000} seconds`)),
      milliseconds,
    );
    stop = () => reject(signal?.reason);
    signal?.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, other]);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof BrokenConnection) throw error;
    throw new BrokenConnection(`the connection broke: ${reasonOf(error)}`, 0, error);
  } finally {
    clearTimeout(timer);
    if (stop) signal?.removeEventListener('abort', stop);
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${error.message} (${cause.message})` : error.message;
}

/** Waits. @throws the signal's reason when it is aborted */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
