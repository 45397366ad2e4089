import { FormatError } from '../data/formatError.ts';
import { lengthOf, type Validator } from './sourceAnswer.ts';
import { BrokenConnection, within } from './sourceBroken.ts';
import type { WeightSink } from './sourceCache.ts';

export interface Progress {
  /** Bytes that are here. */
  readonly bytes: number;
  /** Bytes in all, where the server tells. */
  readonly total: number | undefined;
}

/** How far a file has come. */
export interface State {
  bytes: number;
  total: number | undefined;
  validator: Validator;
  /** Whether parts of several answers were put together. */
  stitched: boolean;
  /** Whether they may be. */
  resume: boolean;
}

interface Reading {
  readonly size?: number | undefined;
  readonly maxBytes?: number;
  readonly stall?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly state: State;
  readonly sink: WeightSink;
}

/** Reads what comes into the sink. @throws BrokenConnection when it ends too soon, FormatError when it is too much */
export async function readBody(name: string, response: Response, reading: Reading): Promise<void> {
  const { state, sink, size, maxBytes = 2 ** 31, stall = 30_000, signal, onProgress } = reading;
  const length = lengthOf(response);
  const total = length === undefined ? size : state.bytes + length;
  const tooLong = (bytes: number | string) =>
    new FormatError(`${name}: the server sends ${bytes} bytes, but the file has ${size}; nothing of it is kept`);
  if (size !== undefined && total !== size) throw tooLong(total ?? '');
  const most = total ?? maxBytes;
  if (most > maxBytes)
    throw new FormatError(
      `${name}: the file has ${most} bytes and may have ${maxBytes}; give a larger maxBytes if it is to be trusted`,
    );
  state.total = total;

  const reader = response.body?.getReader();
  for (;;) {
    const { value } = (await (reader && within(reader.read(), stall, signal))) ?? {};
    if (value === undefined) break;
    if (state.bytes + value.length > most) {
      if (size !== undefined) throw tooLong(`more than ${most}`);
      throw new FormatError(`${name}: more than ${most} bytes come; give a larger maxBytes if it is to be trusted`);
    }
    await sink.write(value);
    state.bytes += value.length;
    onProgress?.({ bytes: state.bytes, total });
  }
  if (total !== undefined && state.bytes < total)
    throw new BrokenConnection(`the connection ended after ${state.bytes} of ${total} bytes`);
}
