import { FormatError } from '../formatError.ts';
import { quote } from './reading.ts';

/** Characters that no name of a file has on every system, and those that a terminal obeys. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const odd = /[\u0000-\u001f\u007f<>:"|?*\\]/;

/** Whether a path stays below the folder that it starts from, on every system: relative, with `/`, without `..`. */
export function isInside(path: string): boolean {
  if (path === '' || path.length > 1024 || odd.test(path) || path.startsWith('/')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * A path that an annotation file gives, so that it names a file inside the data set: a leading `./` goes, `\` between
 * folders becomes `/`.
 *
 * @throws FormatError for a path that leads out, is absolute, is empty or has characters that no file has
 */
export function insidePath(path: string, where: string): string {
  const plain = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  if (!isInside(plain))
    throw new FormatError(
      `${where} is ${quote(path)}; it must be a path inside the data set, without .. and without a root`,
    );
  return plain;
}

/** The path without what stands after the last point of its last part. */
export function withoutEnding(path: string): string {
  return path.replace(/(?<=[^/])\.[^./]*$/, '');
}
