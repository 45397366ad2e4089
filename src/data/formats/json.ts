import type { Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfSides } from './box.ts';
import { quote } from './reading.ts';

/** A JSON object whose fields nobody has looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a JSON text. @throws FormatError that names line and column */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(reason)?.[1];
    const before = at === undefined ? undefined : text.slice(0, Number(at)).split('\n');
    const place = before ? `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}` : 'the text';
    throw new FormatError(
      `${name}: ${place} is no JSON: ${quote(reason.replace(/\s+/g, ' '), 100)}; was the file cut?`,
    );
  }
}

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' ? 'an object' : String(value);
};

/** @throws FormatError for another kind */
export function jsonObject(value: unknown, where: string): JsonObject {
  if (!isJsonObject(value)) throw new FormatError(`${where} is ${kindOf(value)}; it must be an object`);
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of an object; undefined where it has none of its own. */
export function jsonField(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** @throws FormatError for another kind */
export function jsonList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new FormatError(`${where} is ${kindOf(value)}; it must be a list`);
  return value;
}

/** @throws FormatError for another kind, or a number that is not finite */
export function jsonNumber(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new FormatError(`${where} is ${kindOf(value)}; it must be a number`);
  return value;
}

/** @throws FormatError for anything but a whole number from `least` to 2^53 */
export function jsonWhole(value: unknown, where: string, least = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least)
    throw new FormatError(`${where} is ${kindOf(value)}; it must be a whole number of at least ${least}`);
  return value;
}

/** @throws FormatError for another kind */
export function jsonText(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new FormatError(`${where} is ${kindOf(value)}; it must be a text`);
  return value;
}

/** A flag, which files write as true and false or 1 and 0; absent means false. @throws FormatError for another value */
export function jsonFlag(value: unknown, where: string): boolean {
  if (value === undefined || value === null || value === 0 || value === false) return false;
  if (value === 1 || value === true) return true;
  throw new FormatError(`${where} is ${kindOf(value)}; it must be 0 or 1`);
}

/** So many numbers. @throws FormatError for another kind or count */
export function jsonNumbers(value: unknown, count: number, where: string): readonly number[] {
  const list = jsonList(value, where);
  if (list.length !== count) throw new FormatError(`${where} has ${list.length} values; it must have ${count}`);
  return list.map((number, i) => jsonNumber(number, `${where}[${i}]`));
}

/** A box of [left, top, width, height] from 0. @throws FormatError for another kind, or sides below 0 */
export function jsonSides(value: unknown, where: string): Box {
  return boxOfSides(jsonNumbers(value, 4, where), where);
}

/** A size in pixels. @throws FormatError for another kind, or one that no image has */
export function jsonSide(value: unknown, where: string): number {
  const side = jsonWhole(value, where, 1);
  if (side > 2 ** 20) throw new FormatError(`${where} is ${side}; an image has at most ${2 ** 20} pixels a side`);
  return side;
}
