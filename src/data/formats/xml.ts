import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { FormatError } from '../formatError.ts';
import { quote } from './reading.ts';

/** An element: its name, its children in order, the text between them. Attributes are passed over. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  processEntities: false, // the five and the numbers are decoded below; nothing else is
  trimValues: true,
  maxNestedTags: 32,
});

/** Characters of a file that is read: 100,000 objects. */
const largest = 2 ** 25;

/**
 * The root of an XML text. No document type is taken, so that there are no entities to expand and none outside.
 *
 * @throws FormatError that names line and column, or what cannot be read
 */
export function parseXml(text: string, name: string): XmlElement {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (plain.length > largest)
    throw new FormatError(
      `${name}: the XML has ${plain.length} characters; one image's annotation has at most ${largest}`,
    );
  if (/<!DOCTYPE/i.test(plain))
    throw new FormatError(`${name}: the XML has a document type, which is not taken; remove it`);
  const valid = guarded(name, () => XMLValidator.validate(plain));
  if (valid !== true) {
    const { msg, line, col } = valid.err;
    throw new FormatError(`${name}: line ${line}, column ${col}: ${quote(msg, 100)}; was the file cut?`);
  }
  const roots = childrenOf(
    guarded(name, () => parser.parse(plain)),
    name,
  );
  const [root, ...more] = roots;
  if (root === undefined || more.length > 0)
    throw new FormatError(`${name}: the XML has ${roots.length} roots; it must have one`);
  return root;
}

/** What the parser throws is about the file. */
function guarded<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new FormatError(
      `${name}: the XML cannot be read: ${quote(error instanceof Error ? error.message : '', 100)}`,
    );
  }
}

const textKey = '#text';

/** The parser's list of `{ name: children }` and `{ '#text': text }`. */
function childrenOf(list: unknown, where: string): readonly XmlElement[] {
  return entriesOf(list).flatMap(([name, content]): XmlElement[] => {
    if (name === textKey || name.startsWith('?')) return [];
    const text = entriesOf(content).flatMap(([key, part]) => (key === textKey ? [decode(String(part), where)] : []));
    return [{ name, text: text.join(''), children: childrenOf(content, where) }];
  });
}

function entriesOf(list: unknown): readonly (readonly [string, unknown])[] {
  return Array.isArray(list) ? list.flatMap((node: object) => Object.entries(node).slice(0, 1)) : [];
}

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decode(text: string, where: string): string {
  return text.replace(/&([^;&\s]{0,32});?/g, (whole, code: string) => {
    const number = /^#(?:(\d{1,7})|x([\da-fA-F]{1,6}))$/.exec(code);
    const point = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 10 : 16) : Number.NaN;
    const found = point <= 0x10ffff ? String.fromCodePoint(point) : entities.get(code);
    if (found === undefined || !whole.endsWith(';'))
      throw new FormatError(
        `${where}: the XML has ${quote(whole)}; only &amp; &lt; &gt; &quot; &apos; and numbers are known`,
      );
    return found;
  });
}

/** Children of a name. */
export function xmlAll(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The one child of a name, or none. @throws FormatError where there are several */
export function xmlMaybe(element: XmlElement, name: string, where: string): XmlElement | undefined {
  const [child, ...more] = xmlAll(element, name);
  if (more.length > 0) throw new FormatError(`${where} has ${more.length + 1} <${name}>; it must have one`);
  return child;
}

/** The one child of a name. @throws FormatError where there is none, or several */
export function xmlOne(element: XmlElement, name: string, where: string): XmlElement {
  const child = xmlMaybe(element, name, where);
  if (child === undefined)
    throw new FormatError(
      `${where} has no <${name}>; it has ${
        element.children
          .slice(0, 8)
          .map((other) => quote(other.name, 20))
          .join(', ') || 'nothing'
      }`,
    );
  return child;
}

/** A text as it stands in an element. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them in any form
  const held = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return held.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
