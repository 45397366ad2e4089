import { FormatError } from '../formatError.ts';
import { quote } from './reading.ts';

/** What a `data.yaml` says of a YOLO data set. */
export interface YoloData {
  /** Class names by number. */
  readonly names: readonly string[];
  /** The folder that the others start from, as written. */
  readonly path?: string;
  /** Folders or lists of images by split, `train`, `val` and `test`, as written. */
  readonly splits: Readonly<Record<string, readonly string[]>>;
}

/** More classes are damage. */
const mostClasses = 100_000;

/**
 * Reads a `data.yaml`. It takes the YAML that such files use: keys at the margin whose value is a word, a list or, for
 * `names`, a list or numbered names; comments; other keys, with what is indented below them, are passed over.
 *
 * @throws FormatError that names the line, as for an anchor, a block text where a name is due, or a count `nc` that differs
 */
export function readYoloData(text: string, name = 'readYoloData'): YoloData {
  const found = new Map<string, Entry>();
  for (const entry of entriesOf(text, name)) {
    if (found.has(entry.key)) throw new FormatError(`${entry.where}: ${quote(entry.key)} comes twice`);
    found.set(entry.key, entry);
  }
  const list = (key: string) => {
    const entry = found.get(key);
    return entry === undefined ? undefined : valuesOf(entry);
  };
  const names = list('names');
  if (names === undefined || names.length === 0) throw new FormatError(`${name}: there are no names of classes`);
  const count = list('nc')?.[0];
  if (count !== undefined && Number(count) !== names.length)
    throw new FormatError(`${name}: nc is ${quote(count)} but there are ${names.length} names`);
  const path = list('path')?.[0];
  const splits = ['train', 'val', 'test'].flatMap((split) => {
    const folders = list(split)?.filter((folder) => folder !== '');
    return folders === undefined || folders.length === 0 ? [] : [[split, folders] as const];
  });
  return { names, ...(path !== undefined && { path }), splits: Object.fromEntries(splits) };
}

/** A key at the margin, what stands behind it, and the lines below it. */
interface Entry {
  readonly key: string;
  readonly value: string;
  readonly below: readonly { readonly text: string; readonly where: string }[];
  readonly where: string;
}

function entriesOf(text: string, name: string): readonly Entry[] {
  const entries: (Entry & { below: { text: string; where: string }[] })[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const where = `${name}: line ${i + 1}`;
    const plain = withoutComment(line);
    if (plain.trim() === '' || plain.trim() === '---') continue;
    const last = entries.at(-1);
    if (/^[\s-]/.test(plain) || (last && /^[[{]/.test(last.value) && !closed(last))) {
      last?.below.push({ text: plain.trim(), where });
      continue;
    }
    const [, key, value = ''] = /^(["']?[\w.-]+["']?)\s*:(?:\s+(.*))?$/.exec(plain) ?? [];
    if (key === undefined) throw new FormatError(`${where} is ${quote(line)}; it must be a key, a colon and a value`);
    entries.push({ key: key.replace(/["']/g, ''), value: value.trim(), below: [], where });
  }
  return entries;
}

const closed = ({ value, below }: Entry) => /[\]}]$/.test(below.at(-1)?.text ?? value);

/** A comment begins at the line's start or after a space, outside of quotes. */
function withoutComment(line: string): string {
  const parts = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'#]|(?<=\S)#)*/.exec(line.replace('\ufeff', ''))?.[0] ?? '';
  const rest = line.slice(parts.length);
  return (rest.startsWith('#') ? parts : parts + rest).trimEnd();
}

function valuesOf({ key, value, below, where }: Entry): readonly string[] {
  if (/^[[{]/.test(value)) return flowOf([value, ...below.map(({ text }) => text)].join(' '), `${where}: ${key}`);
  if (value !== '') {
    if (below.length > 0) throw new FormatError(`${where}: ${key} goes on below, as a text; give a word or a list`);
    return [scalarOf(value, where)];
  }
  const numbered = new Map<number, string>();
  below.forEach(({ text, where: at }, i) => {
    const [, item] = /^-\s+(.*)$/.exec(text) ?? [];
    const [, number, word] = /^(\d+)\s*:\s*(.*)$/.exec(text) ?? [];
    const [place, content] = item === undefined ? [number, word] : [String(i), item];
    if (place === undefined || content === undefined)
      throw new FormatError(`${at} is ${quote(text)}; it must be "- name" or "0: name"`);
    put(numbered, Number(place), scalarOf(content, at), at);
  });
  return inOrder(numbered, where);
}

/** `[a, b]` or `{0: a, 1: b}`. */
function flowOf(text: string, where: string): readonly string[] {
  const [, open, inner = '', close] = /^([[{])(.*)([\]}])$/.exec(text) ?? [];
  if (open === undefined || (open === '[') !== (close === ']'))
    throw new FormatError(`${where} is ${quote(text)}; it must be a list that closes`);
  const numbered = new Map<number, string>();
  const items = inner.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,"'])+/g) ?? [];
  items
    .map((item) => item.trim())
    .filter((item, i) => item !== '' || i < items.length - 1)
    .forEach((item, i) => {
      const [, number, word] = open === '{' ? (/^(\d+)\s*:\s*(.*)$/.exec(item) ?? []) : ['', String(i), item];
      if (number === undefined || word === undefined)
        throw new FormatError(`${where} has ${quote(item)}; it must be 0: name`);
      put(numbered, Number(number), scalarOf(word, where), where);
    });
  return inOrder(numbered, where);
}

function put(numbered: Map<number, string>, place: number, value: string, where: string): void {
  if (place >= mostClasses || numbered.has(place))
    throw new FormatError(
      `${where}: number ${place} ${numbered.has(place) ? 'comes twice' : `is above ${mostClasses}`}`,
    );
  numbered.set(place, value);
}

function inOrder(numbered: ReadonlyMap<number, string>, where: string): readonly string[] {
  return Array.from({ length: numbered.size }, (_, i) => {
    const value = numbered.get(i);
    if (value === undefined) throw new FormatError(`${where}: number ${i} is missing among ${numbered.size}`);
    return value;
  });
}

function scalarOf(text: string, where: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')$/.exec(text) ?? [];
  if (double !== undefined) return double.replace(/\\(["\\/])/g, '$1');
  if (single !== undefined) return single.replaceAll("''", "'");
  if (/^[&*!|>%@`"'{[]/.test(text))
    throw new FormatError(`${where} is ${quote(text)}; it must be a plain or quoted word`);
  return text === '~' || text === 'null' ? '' : text;
}

/** Writes a `data.yaml` whose folders are relative to itself. */
export function writeYoloData({ names, splits }: Pick<YoloData, 'names' | 'splits'>): string {
  const lines = Object.entries(splits).map(([split, folders]) =>
    folders.length === 1 ? `${split}: ${quoted(folders[0] ?? '')}` : `${split}: [${folders.map(quoted).join(', ')}]`,
  );
  return [...lines, `nc: ${names.length}`, 'names:', ...names.map((label, i) => `  ${i}: ${quoted(label)}`), ''].join(
    '\n',
  );
}

/** JSON's quoting is YAML's, and every reader of it knows a plain word. */
const quoted = (word: string) =>
  /^[A-Za-z][\w./-]*(?: [\w./-]+)*$/.test(word) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(word)
    ? word
    : `"${word.replace(/[\\"]/g, '\\$&')}"`;
