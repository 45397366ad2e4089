import { isFormatError } from './formatError.ts';
import type { Sample } from './sample.ts';

/** Something of a data set that was left out. */
export interface Skipped {
  /** A sample's name, or a file's. */
  readonly where: string;
  readonly reason: string;
}

/** What a reader made of a folder or a video. */
export interface DataSet {
  readonly samples: readonly Sample[];
  /** What was left out, and why; a reader leaves nothing out unless it is told to. */
  readonly skipped: readonly Skipped[];
}

export interface BadOptions {
  /** What happens at a file, frame or box that is wrong: an error, or it is left out and counted. Default `throw`. */
  readonly onBad?: 'throw' | 'skip';
}

/**
 * Runs `read`; where what it reads is wrong and may be skipped, notes that and gives undefined.
 *
 * @throws what `read` throws, unless it is about contents and `onBad` is `skip`
 */
export async function orSkip<T>(
  { onBad = 'throw' }: BadOptions,
  where: string,
  skipped: Skipped[],
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (onBad !== 'skip' || !isFormatError(error)) throw error;
    skipped.push({ where, reason: error.message });
    return undefined;
  }
}

/** What was left out in one line for each reason's kind: `3 skipped: set00/V000/I00029 (...), ...`. */
export function describeSkipped(skipped: readonly Skipped[], shown = 3): string {
  if (skipped.length === 0) return 'nothing skipped';
  const some = skipped.slice(0, shown).map(({ where, reason }) => `${where} (${reason})`);
  const more = skipped.length > shown ? `, and ${skipped.length - shown} more` : '';
  return `${skipped.length} skipped: ${some.join(', ')}${more}`;
}
