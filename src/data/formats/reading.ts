import { FormatError, isFormatError } from '../formatError.ts';

/** What every reader of an annotation file takes. */
export interface ReadOptions {
  /** How errors call the file. Default the function's name. */
  readonly name?: string;
  /**
   * Called with what is wrong of an object, which is then left out. Without it, one wrong object is an error: an object
   * that is left out counts as background.
   */
  readonly onBadObject?: (error: FormatError) => void;
}

/**
 * The objects of a file, one after another; those that are wrong go to `onBadObject`, where there is one.
 *
 * @throws FormatError at the first wrong one, where there is none
 */
export function readObjects<Item, Found>(
  items: Iterable<Item>,
  { onBadObject }: ReadOptions,
  read: (item: Item, index: number) => Found | undefined,
): readonly Found[] {
  const objects: Found[] = [];
  let index = 0;
  for (const item of items) {
    try {
      const found = read(item, index++);
      if (found !== undefined) objects.push(found);
    } catch (error) {
      if (onBadObject === undefined || !isFormatError(error)) throw error;
      onBadObject(error);
    }
  }
  return objects;
}

/** How an error shows a part of a file: in quotes, not too long, nothing that a terminal would obey. */
export function quote(text: string, longest = 60): string {
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}...` : text);
}

/** A number as files write it: digits, a sign, a point, an exponent; not NaN, not Infinity, not 0x10, not empty. */
const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Characters of a number; nobody writes more, and a pattern over a million digits takes its time. */
const longest = 64;

/** @throws FormatError for a word that is no finite number */
export function numberOf(word: string, where: string): number {
  const value = word.length <= longest && plain.test(word) ? Number(word) : Number.NaN;
  if (!Number.isFinite(value)) throw new FormatError(`${where} is ${quote(word)}; it must be a number`);
  return value;
}

/** @throws FormatError for a word that is no whole number from `least` to 2^53 */
export function wholeOf(word: string, where: string, least = 0): number {
  const value = numberOf(word, where);
  if (!Number.isSafeInteger(value) || value < least)
    throw new FormatError(`${where} is ${quote(word)}; it must be a whole number of at least ${least}`);
  return value;
}

/** A line of a text that holds something, and where it stands. */
export interface Line {
  /** Without spaces at its ends. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** The lines of a text that are not empty, one after another; a byte order mark before the first is passed over. */
export function* linesOf(text: string): Generator<Line, void, undefined> {
  let number = 0;
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start <= text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    number++;
    if (line !== '') yield { text: line, number };
    if (end < 0) return;
    start = end + 1;
  }
}
