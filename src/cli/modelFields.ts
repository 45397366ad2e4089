import { FormatError } from '../data/formatError.ts';
import {
  type JsonObject,
  jsonField,
  jsonList,
  jsonNumber,
  jsonObject,
  jsonText,
  jsonWhole,
} from '../data/formats/json.ts';

type Range = readonly [from: number, to: number];
const any: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

function numberIn(value: unknown, where: string, [from, to]: Range): number {
  const found = jsonNumber(value, where);
  if (!(found >= from && found <= to)) throw new FormatError(`${where} is ${found}; it must be from ${from} to ${to}`);
  return found;
}

/** An object of a description, whose fields are taken by name and named by their path where they are wrong. */
export interface Fields {
  /** Where the object stands: `model.json: backbone`. */
  readonly path: string;
  readonly has: (key: string) => boolean;
  readonly object: (key: string) => unknown;
  /** In a closed range, where one is given. */
  readonly number: (key: string, range?: Range) => number;
  /** A whole number from 1 to `most`. */
  readonly whole: (key: string, most: number) => number;
  readonly text: (key: string) => string;
  readonly word: <const W extends string>(key: string, words: readonly W[]) => W;
  /** None twice. */
  readonly words: <const W extends string>(key: string, words: readonly W[]) => W[];
  readonly texts: (key: string) => string[];
  readonly numbers: (key: string) => number[];
  readonly pair: (key: string, range?: Range) => readonly [number, number];
}

/** @throws FormatError where the value is no object, or has a field that is not among `known` */
export function fieldsOf(value: unknown, path: string, known: readonly string[]): Fields {
  const object: JsonObject = jsonObject(value, path);
  const at = path.includes(': ') ? `${path}.` : `${path}: `;
  const odd = Object.keys(object).find((key) => !known.includes(key));
  if (odd !== undefined) throw new FormatError(`${at}${odd} is no field of it; there are ${known.join(', ')}`);
  const get = (key: string): unknown => {
    const found = jsonField(object, key);
    if (found === undefined) throw new FormatError(`${at}${key} is missing`);
    return found;
  };
  const oneOf = <const W extends string>(found: unknown, where: string, words: readonly W[]): W => {
    const word = words.find((word) => word === found);
    if (word === undefined)
      throw new FormatError(
        `${where} is ${JSON.stringify(found)?.slice(0, 80)}; it must be one of ${words.join(', ')}`,
      );
    return word;
  };
  const list = (key: string) => jsonList(get(key), at + key).map((item, i) => ({ item, where: `${at}${key}[${i}]` }));
  return {
    path,
    has: (key) => jsonField(object, key) !== undefined,
    object: get,
    number: (key, range = any) => numberIn(get(key), at + key, range),
    whole: (key, most) => numberIn(jsonWhole(get(key), at + key, 1), at + key, [1, most]),
    text: (key) => jsonText(get(key), at + key),
    word: (key, words) => oneOf(get(key), at + key, words),
    words: (key, words) => {
      const found = list(key).map(({ item, where }) => oneOf(item, where, words));
      const twice = found.find((word, i) => found.indexOf(word) < i);
      if (twice !== undefined) throw new FormatError(`${at}${key} has ${twice} twice`);
      return found;
    },
    texts: (key) => list(key).map(({ item, where }) => jsonText(item, where)),
    numbers: (key) => list(key).map(({ item, where }) => jsonNumber(item, where)),
    pair: (key, range = any) => {
      const [first, second, ...rest] = list(key).map(({ item, where }) => numberIn(item, where, range));
      if (first === undefined || second === undefined || rest.length > 0)
        throw new FormatError(`${at}${key} must be two numbers, height and width`);
      return [first, second];
    },
  };
}

/** What the parts say of their values, with the description's name before it. */
export function naming<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError) || error instanceof FormatError) throw error;
    throw new FormatError(`${name}: ${error.message}`, { cause: error });
  }
}
