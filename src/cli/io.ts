import type { Terminal } from '../node/terminal.ts';

/** What the program reads and where it writes. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Results. */
  readonly stdout: Terminal;
  /** Progress, notes and errors. */
  readonly stderr: Terminal;
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
export const note = ({ stderr }: Io, text: string): void => void stderr.write(`${text}\n`);

/** How far a work is that goes step by step, redrawn in one line; silent where there is no terminal. */
export function counter({ stderr }: Io, what: string): { step: (done: number, all?: number) => void; end: () => void } {
  const { isTTY } = stderr;
  return {
    step: (done, all) => isTTY && stderr.write(`\r\x1b[K${what} ${done}${all === undefined ? '' : `/${all}`}`),
    end: () => isTTY && stderr.write('\r\x1b[K'),
  };
}

/** All bytes of the input. */
export async function readStdin({ stdin }: Io): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stdin) parts.push(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
