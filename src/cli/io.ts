import { printable } from '../data/formatError.ts';
import type { Terminal } from '../node/terminal.ts';
import { duration } from '../node/terminalTime.ts';

/** What the program reads and where it writes. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Results. */
  readonly stdout: Terminal;
  /** Progress, notes and errors. */
  readonly stderr: Terminal;
  /** Raised by Ctrl-C: the work ends at its next step. */
  readonly signal?: AbortSignal;
}

/** A command that was given in a way that it does not know: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A line of results. */
export const say = ({ stdout }: Io, text: string): void => void stdout.write(`${text}\n`);
/** A result as JSON. */
export const sayJson = (io: Io, value: unknown): void => say(io, JSON.stringify(value, null, 2));
/** A line for the person before the terminal. */
export const note = ({ stderr }: Io, text: string): void => void stderr.write(`${printable(text)}\n`);

/** How far a work is that goes step by step. */
export interface Counter {
  /** One more is done. @throws the reason of the signal, where the work is to end */
  readonly step: (done: number, all?: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const width = 20;
const apart = 50; // milliseconds between two drawings

/** A bar with the time that is left, redrawn in one line; silent where there is no terminal. */
export function counter({ stderr, signal }: Io, what: string): Counter {
  const start = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  const draw = (done: number, all: number | undefined) => {
    const now = performance.now();
    if (now - last < apart && done !== all) return;
    last = now;
    const full = all === undefined ? 0 : Math.round((width * done) / all);
    const bar = all === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(width - full)} `;
    const left =
      all === undefined || done === 0 ? '' : `  ${duration(((now - start) / 1000 / done) * (all - done))} left`;
    stderr.write(
      `\r\x1b[K${`${bar}${done}${all === undefined ? '' : `/${all}`} ${what}${left}`.slice(0, (stderr.columns ?? 80) - 1)}`,
    );
  };
  return {
    step: (done, all) => {
      signal?.throwIfAborted();
      if (stderr.isTTY) draw(done, all);
    },
    end: () => stderr.isTTY && stderr.write('\r\x1b[K'),
  };
}

/** The same promise, which Ctrl-C ends; for work that leaves nothing behind. @throws the reason of the signal */
export async function unlessStopped<T>({ signal }: Io, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  return Promise.race([work, stopped]).finally(() => signal.removeEventListener('abort', stop));
}

/** All bytes of the input. @throws the reason of the signal */
export const readStdin = (io: Io): Promise<Uint8Array> => unlessStopped(io, bytesOf(io.stdin));

async function bytesOf(stream: Io['stdin']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
