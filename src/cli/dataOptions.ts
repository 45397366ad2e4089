import { UsageError } from './io.ts';

/** Options of a data set by name, as they were given. */
export type DataOptions = ReadonlyMap<string, string>;

/** A data set as it is named on the command line: `coco:instances.json,images=val2017`. */
export interface DataName {
  /** `folder` where none is named. */
  readonly format: string;
  readonly path: string;
  readonly options: DataOptions;
}

/**
 * Takes a data set's name apart: `FORMAT:PATH,option=value,...`; a path alone is the library's own form.
 *
 * @param formats names of formats, so that other colons and commas stay in the path
 */
export function dataName(text: string, formats: readonly string[]): DataName {
  const parts = text.split(',');
  const options = new Map<string, string>();
  for (;;) {
    const [, key, value] = /^([A-Za-z]+)=(.*)$/s.exec(parts.at(-1) ?? '') ?? [];
    if (parts.length < 2 || key === undefined || value === undefined) break;
    if (options.has(key)) throw new UsageError(`'${text}' has ${key} twice`);
    options.set(key, value);
    parts.pop();
  }
  const rest = parts.join(',');
  const [, format, path] = /^([A-Za-z-]{2,}):(.*)$/s.exec(rest) ?? []; // a letter alone is a drive
  if (format !== undefined && !formats.includes(format))
    throw new UsageError(`'${text}': there is no format ${format}; there are ${formats.join(', ')}`);
  const found = { format: format ?? 'folder', path: path ?? rest, options };
  if (found.path === '') throw new UsageError(`'${text}' names no path; give FORMAT:PATH, such as voc:VOC2007`);
  return found;
}

/** Reads the options of a data set, each once. */
export interface Taken {
  readonly text: (key: string) => string | undefined;
  readonly word: <const W extends string>(key: string, words: readonly W[]) => W | undefined;
  readonly needed: <const W extends string>(key: string, words: readonly W[]) => W;
  readonly number: (key: string) => number | undefined;
  /** `a+b` as a list. */
  readonly list: (key: string) => readonly string[] | undefined;
  /** `a:b+c:d` as names and what they stand for. */
  readonly pairs: (key: string) => Readonly<Record<string, string>> | undefined;
}

/** Options of a data set as its reader takes them. @throws UsageError for one that is not among `known`, or cannot be */
export function taken({ format, options }: DataName, known: readonly string[]): Taken {
  const odd = [...options.keys()].find((key) => !known.includes(key));
  if (odd !== undefined)
    throw new UsageError(`${format} has no option ${odd}; it has ${known.length > 0 ? known.join(', ') : 'none'}`);
  const word = <const W extends string>(key: string, words: readonly W[]): W | undefined => {
    const given = options.get(key);
    const found = words.find((word) => word === given);
    if (given !== undefined && found === undefined)
      throw new UsageError(`${format}: ${key} is ${given}; it must be one of ${words.join(', ')}`);
    return found;
  };
  return {
    text: (key) => options.get(key),
    word,
    needed: (key, words) => {
      const found = word(key, words);
      if (found === undefined) throw new UsageError(`${format} needs ${key}=${words.join('|')}`);
      return found;
    },
    number: (key) => {
      const given = options.get(key);
      if (given === undefined) return undefined;
      if (!/^\d+$/.test(given)) throw new UsageError(`${format}: ${key} is ${given}; it must be a whole number`);
      return Number(given);
    },
    list: (key) => options.get(key)?.split('+'),
    pairs: (key) => {
      const given = options.get(key);
      if (given === undefined) return undefined;
      const pairs = given.split('+').map((pair) => {
        const [from, to, ...rest] = pair.split(':');
        if (!from || !to || rest.length > 0)
          throw new UsageError(`${format}: ${key} is ${given}; it must be FROM:TO, more after a +`);
        return [from, to] as const;
      });
      return Object.fromEntries(pairs);
    },
  };
}
