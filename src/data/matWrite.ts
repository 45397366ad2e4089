import { joinBytes } from './inflate.ts';
import { flag, mi, mx, numericClasses } from './matFormat.ts';
import {
  describeMat,
  type MatArray,
  type MatCell,
  type MatChar,
  type MatNumeric,
  type MatStruct,
  type MatValue,
} from './matValue.ts';

/** Numbers as a double array; a row unless a shape is given. */
export function matDoubles(values: readonly number[], shape: readonly number[] = [1, values.length]): MatNumeric {
  return { kind: 'numeric', class: 'double', shape, values: Float64Array.from(values) };
}

/** A row of char. */
export function matChar(text: string): MatChar {
  return { kind: 'char', shape: [text.length === 0 ? 0 : 1, text.length], text };
}

/** A row of cells. */
export function matCell(cells: readonly MatValue[]): MatCell {
  return { kind: 'cell', shape: [1, cells.length], cells };
}

/** A 1xn struct array from the fields of each element, which must be the same; `fields` when there may be none. */
export function matStruct(
  elements: readonly Readonly<Record<string, MatValue>>[],
  fields: readonly string[] = Object.keys(elements[0] ?? {}),
): MatStruct {
  const of = (field: string) =>
    elements.map((element, i) => {
      const value = Object.hasOwn(element, field) ? element[field] : undefined;
      if (value === undefined)
        throw new RangeError(`matStruct: element ${i + 1} of ${elements.length} has no ${field}`);
      return value;
    });
  return { kind: 'struct', shape: [1, elements.length], fields: new Map(fields.map((field) => [field, of(field)])) };
}

/**
 * Writes variables as a MATLAB file of level 5, little-endian and uncompressed, as `save -v6` does.
 *
 * @throws RangeError for a name that MATLAB cannot have or a shape that does not fit its values; TypeError for a kind
 * that cannot be written
 */
export function writeMat(variables: Iterable<readonly [name: string, value: MatValue]>): Uint8Array {
  const header = new Uint8Array(128).fill(0x20, 0, 116);
  header.set(ascii('MATLAB 5.0 MAT-file, written by pyramidion'));
  header.set([0x00, 0x01, 0x49, 0x4d], 124); // version 0x0100, "IM"
  const parts: Uint8Array[] = [header];
  const names = new Set<string>();
  for (const [name, value] of variables) {
    if (!legalName.test(name) || names.has(name))
      throw new RangeError(
        `writeMat: the variable ${JSON.stringify(name)} ${names.has(name) ? 'comes twice' : nameRule}`,
      );
    names.add(name);
    parts.push(matrix(name, value));
  }
  return joinBytes(parts);
}

const legalName = /^[A-Za-z]\w{0,62}$/;
const nameRule = 'is not a name; it must be a letter, then at most 62 letters, digits or underscores';
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function matrix(name: string, value: MatValue): Uint8Array {
  if (value.kind === 'other')
    throw new TypeError(`writeMat: ${name || 'a value'} is a ${value.class}, which cannot be written`);
  const bad = value.shape.length < 2 || value.shape.some((side) => !(Number.isInteger(side) && side >= 0));
  const count = value.shape.reduce((product, side) => product * side, 1);
  const given = countOf(value);
  if (bad || (given !== undefined && given !== count))
    throw new RangeError(
      `writeMat: ${name || 'a value'} is a ${describeMat(value)} of ${given ?? 'no'} values; its shape asks for ${count}`,
    );
  const [code, ...content] = contentOf(value);
  return element(mi.matrix, [
    element(mi.uint32, words([code, 0])),
    element(mi.int32, words(value.shape)),
    element(mi.int8, [ascii(name)]),
    ...content,
  ]);
}

/** How many values there are; unknown for a struct without fields. */
function countOf(value: Exclude<MatValue, { kind: 'other' }>): number | undefined {
  if (value.kind === 'char') return value.text.length;
  if (value.kind === 'cell') return value.cells.length;
  if (value.kind !== 'struct') return value.values.length;
  const counts = new Set([...value.fields.values()].map((values) => values.length));
  return counts.size > 1 ? Number.NaN : [...counts][0];
}

/** The flags of a value, then its elements. */
function contentOf(value: Exclude<MatValue, { kind: 'other' }>): readonly [flags: number, ...Uint8Array[]] {
  if (value.kind === 'cell') return [mx.cell, ...value.cells.map((cell) => matrix('', cell))];
  if (value.kind === 'char') return [mx.char, textOf(value.text)];
  if (value.kind === 'logical') return [numericClasses.uint8.code | flag.logical, element(mi.uint8, [value.values])];
  if (value.kind === 'numeric') {
    const { code, storage } = numericClasses[value.class];
    const { values, imaginary } = value;
    if (imaginary === undefined) return [code, element(storage, [bytesOf(values)])];
    return [code | flag.complex, element(storage, [bytesOf(values)]), element(storage, [bytesOf(imaginary)])];
  }
  const names = [...value.fields.keys()];
  const wrong = names.find((name) => !legalName.test(name));
  if (wrong !== undefined) throw new RangeError(`writeMat: the field ${JSON.stringify(wrong)} ${nameRule}`);
  const width = names.some((name) => name.length > 31) ? 64 : 32; // MATLAB 6 knows names of 31 letters and a zero
  const table = new Uint8Array(width * names.length);
  names.forEach((name, i) => {
    table.set(ascii(name), i * width);
  });
  const count = names.length === 0 ? 0 : (value.fields.get(names[0] ?? '')?.length ?? 0);
  const nested = Array.from({ length: count }, (_, i) =>
    names.map((name) => {
      const item = value.fields.get(name)?.[i];
      if (item === undefined) throw new RangeError(`writeMat: element ${i + 1} has no field ${name}`);
      return matrix('', item);
    }),
  );
  return [mx.struct, element(mi.int32, words([width])), element(mi.int8, [table]), ...nested.flat()];
}

/** As MATLAB stores it: one byte a letter where that is enough, which every reader knows. */
function textOf(text: string): Uint8Array {
  const codes = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return codes.every((code) => code < 128)
    ? element(mi.utf8, [Uint8Array.from(codes)])
    : element(mi.utf16, [bytesOf(codes)]);
}

/** An element of the long form, or of the small one for four bytes or fewer of a name's length. */
function element(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > 0xffffffff)
    throw new RangeError(`writeMat: an element has ${length} bytes; the format ends at ${0xffffffff}`);
  const small = length > 0 && length <= 4 && type !== mi.matrix;
  const tag = small ? words([type | (length << 16)]) : words([type, length]);
  const padding = new Uint8Array(small ? 4 - length : (8 - (length % 8)) % 8);
  return joinBytes([...tag, ...parts, padding]);
}

const words = (values: readonly number[]): readonly Uint8Array[] => [littleWords(values)];

function littleWords(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
}

/** The numbers in little-endian order, whatever the machine's. */
function bytesOf(values: MatArray): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  const width = values.BYTES_PER_ELEMENT;
  if (!littleEndian && width > 1)
    for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
