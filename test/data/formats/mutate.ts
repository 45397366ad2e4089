import { joinBytes } from '../../../src/data/inflate.ts';

type Random = () => number;
const below = (random: Random, count: number) => Math.floor(random() * count);
const pick = <T>(random: Random, from: readonly T[]): T => {
  const found = from[below(random, from.length)];
  if (found === undefined) throw new RangeError('pick: there is nothing to pick');
  return found;
};

/** A file that was damaged on purpose: as bytes, or as a text whose words were exchanged. The same for the same stream. */
export function mutate(seeds: readonly Uint8Array[], kind: 'text' | 'binary', random: Random): Uint8Array {
  let bytes = pick(random, seeds);
  const times = 1 + below(random, 3);
  for (let i = 0; i < times; i++) {
    const how = kind === 'text' && random() < 0.8 ? (random() < 0.5 ? structural : textual) : binary;
    bytes = how(bytes, seeds, random);
  }
  return bytes;
}

const extremes = [0, 1, 2, 3, 4, 5, 8, 14, 15, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

function binary(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const copy = bytes.slice();
  const at = below(random, copy.length + 1);
  const length = below(random, Math.min(64, copy.length - at) + 1);
  const part = copy.subarray(at, at + length);
  switch (below(random, 8)) {
    case 0: // bits
      for (let i = 0; i <= below(random, 8); i++) {
        const place = below(random, copy.length);
        copy[place] = (copy[place] ?? 0) ^ (1 << below(random, 8));
      }
      return copy;
    case 1: // a cut
      return copy.subarray(0, at);
    case 2: // a length, a count or a kind
      if (copy.length >= 4)
        new DataView(copy.buffer).setUint32(
          4 * below(random, copy.length >> 2),
          pick(random, [...extremes, copy.length]),
          random() < 0.9,
        );
      return copy;
    case 3: // a number that is none, or endless
      if (copy.length >= 8)
        new DataView(copy.buffer).setFloat64(
          8 * below(random, copy.length >> 3),
          pick(random, [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e300, 2 ** 53]),
          true,
        );
      return copy;
    case 4: // a part twice
      return joinBytes([copy.subarray(0, at), part, copy.subarray(at)]);
    case 5: // a part gone
      return joinBytes([copy.subarray(0, at), copy.subarray(at + length)]);
    case 6: {
      // a part of another place
      const from = below(random, copy.length + 1);
      return joinBytes([copy.subarray(0, at), copy.subarray(from, from + length), copy.subarray(at + length)]);
    }
    default: {
      // the rest of another file
      const other = pick(random, seeds);
      return joinBytes([copy.subarray(0, at), other.subarray(below(random, other.length + 1))]);
    }
  }
}

/** What stands where a number should. */
const wrongNumbers = [
  ...[
    'NaN',
    'nan',
    'Infinity',
    '-Infinity',
    '1e999',
    '-1',
    '0',
    '-0',
    '1e308',
    '1e-320',
    '99999999999999999999',
    '4294967296',
  ],
  ...[
    '0x10',
    '1_000',
    '1,5',
    'abc',
    '""',
    '"5"',
    'null',
    'true',
    '[]',
    '{}',
    '[1,2]',
    '',
    '1.5',
    '2147483648',
    '٣',
    '１',
  ],
];
/** What stands where a word should. */
const wrongWords = [
  ...[
    '../../../etc/passwd',
    '..\\..\\x',
    '/etc/passwd',
    'C:\\x',
    'a/../../b',
    './..',
    '.',
    '',
    ' ',
    '__proto__',
    'constructor',
  ],
  ...[
    '</script><script>alert(1)</script>',
    '<b onload=x>',
    '&x;',
    '&lt;',
    '&#1114112;',
    '\u0000',
    '\u202e',
    '\ud800',
    'x'.repeat(5000),
  ],
  ...['person', 'frame', 'ignore', '-1', '%', 'a b', '"', "'", ']]>', '<!DOCTYPE a [<!ENTITY b "c">]>', '&amp;amp;'],
];

function textual(bytes: Uint8Array, _seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split('\n');
  const line = below(random, lines.length);
  const encode = (mutated: string) => new TextEncoder().encode(mutated);
  const replaceOne = (pattern: RegExp, by: string) => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return bytes;
    const { 0: word, index } = pick(random, found);
    return encode(text.slice(0, index) + by + text.slice(index + word.length));
  };
  switch (below(random, 9)) {
    case 0:
    case 1:
      return replaceOne(/-?\d+(?:\.\d+)?/g, pick(random, wrongNumbers));
    case 2:
    case 3:
      return replaceOne(/[A-Za-z_][\w./?-]*/g, pick(random, wrongWords));
    case 4: // a sign of the syntax
      return replaceOne(
        /[[\]{}<>:,"'/=%()-]/g,
        pick(random, ['', '[', ']', '{', '}', '"', '<', '>', ',', ':', '((', '\n', '\r', '\t']),
      );
    case 5: // a line gone
      return encode([...lines.slice(0, line), ...lines.slice(line + 1)].join('\n'));
    case 6: // a line many times
      return encode(
        [
          ...lines.slice(0, line),
          ...Array(pick(random, [1, 2, 100])).fill(lines[line] ?? ''),
          ...lines.slice(line),
        ].join('\n'),
      );
    case 7: {
      // depth
      const at = below(random, text.length + 1);
      const deep = pick(random, ['[', '{"a":', '<a>', '(', '&amp;', ' ', '- ', '"', '#']).repeat(
        pick(random, [3, 300, 3000]),
      );
      return encode(text.slice(0, at) + deep + text.slice(at));
    }
    default: {
      // a cut between lines
      return encode(lines.slice(0, line).join('\n'));
    }
  }
}

/** A JSON value with one of its parts exchanged, dropped or doubled, so that it is still JSON; another text by its words. */
function structural(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return textual(bytes, seeds, random);
  }
  const places: { readonly of: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    const of = value as Record<string, unknown>;
    for (const key of Object.keys(of)) {
      places.push({ of, key });
      walk(of[key]);
    }
  };
  walk(root);
  if (places.length === 0) return textual(bytes, seeds, random);
  const { of, key } = pick(random, places);
  const value = of[key];
  const how = below(random, 5);
  if (how === 0) delete of[key];
  else if (how === 1 && Array.isArray(value)) of[key] = [...value, ...value];
  else if (how === 2)
    of[key] = pick(
      random,
      places.map((place) => place.of[place.key]),
    );
  else of[key] = pick(random, wrongValues);
  return new TextEncoder().encode(written(root));
}

const wrongValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    4294967296,
    '',
    '5',
    'person',
    '../../x',
    '/etc/passwd',
    '__proto__',
  ],
  ...[
    [],
    {},
    [[]],
    [1, 2, 3, 4],
    [-1, -2, -3, -4],
    [1e300, 1e300, 1e300, 1e300],
    ['1', '2', '3', '4'],
    { box: 1 },
    Array(50).fill(9),
  ],
];

/** Parts may have become parts of themselves, which no file can be. */
function written(root: unknown): string {
  try {
    return JSON.stringify(root) ?? '';
  } catch {
    return '{"cycle": true}';
  }
}
