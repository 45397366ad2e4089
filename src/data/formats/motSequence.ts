import { FormatError } from '../formatError.ts';
import { longestSequence } from './mot.ts';
import { linesOf, quote, wholeOf } from './reading.ts';

/** What a `seqinfo.ini` says of a sequence. */
export interface MotSequence {
  readonly name: string;
  /** The folder of its images. */
  readonly directory: string;
  /** What its images end in, with the point. */
  readonly ending: string;
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Reads a `seqinfo.ini`. @throws FormatError for a key that is missing or a value that cannot be */
export function readMotSequence(text: string, name = 'readMotSequence'): MotSequence {
  const values = new Map<string, string>();
  for (const { text: line } of linesOf(text)) {
    const [, key = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    values.set(key, value);
  }
  const value = (key: string) => {
    const found = values.get(key);
    if (found === undefined) throw new FormatError(`${name}: there is no ${key}=; was the file cut?`);
    return found;
  };
  const [directory, ending] = [values.get('imDir') ?? 'img1', values.get('imExt') ?? '.jpg'];
  if (!/^\w[\w.-]*$/.test(directory) || !/^\.\w+$/.test(ending))
    throw new FormatError(`${name}: images are ${quote(directory)}/*${quote(ending)}; both must be plain names`);
  const whole = (key: string, most: number) => {
    const found = wholeOf(value(key), `${name}: ${key}`, 1);
    if (found > most) throw new FormatError(`${name}: ${key} is ${found}; it may be 1 to ${most}`);
    return found;
  };
  return {
    name: value('name'),
    directory,
    ending,
    frames: whole('seqLength', longestSequence),
    width: whole('imWidth', 2 ** 20),
    height: whole('imHeight', 2 ** 20),
  };
}
