import { type MatElement, type MatSource, readElement, readNumbers, readText } from './matElement.ts';
import { classNames, flag, mi, mx, numericClasses, otherClasses } from './matFormat.ts';
import type { MatClass, MatValue } from './matValue.ts';

/** MATLAB nests a handful; a file that nests deeper is not from it. */
const deepest = 64;

const classByCode = new Map<number, MatClass>(classNames.map((name) => [numericClasses[name].code, name]));

/** An array and its name, which is empty for one inside another. */
export interface NamedMat {
  readonly name: string;
  readonly value: MatValue;
}

/**
 * Reads one miMATRIX element: flags, dimensions, name, then what its class asks for.
 *
 * @throws FormatError for anything that does not fit
 * @see MAT-File Format, "Level 5 MAT-File data element format"
 */
export function readMatrix(source: MatSource, matrix: MatElement, depth = 0): NamedMat {
  const { reader } = source;
  if (matrix.type !== mi.matrix)
    throw reader.error(matrix.start, `an array is of element type ${matrix.type}; it must be ${mi.matrix}`);
  if (depth > deepest) throw reader.error(matrix.start, `arrays are nested more than ${deepest} deep`);
  const end = matrix.start + matrix.length;
  const empty: MatValue = { kind: 'numeric', class: 'double', shape: [0, 0], values: new Float64Array(0) };
  if (matrix.length === 0) return { name: '', value: empty };

  let at = matrix.start;
  const element = (what: string, max = end) => {
    const found = readElement(source, at, max, what);
    at = found.next;
    return found;
  };
  const nested = (what: string) => readMatrix(source, element(what), depth + 1).value;
  /** A bound on what a damaged count can make us build: each array takes a tag of 8 bytes at least. */
  const room = (count: number, what: string) => {
    if (count * 8 > end - at)
      throw reader.error(at, `${what} asks for ${count} arrays but ${end - at} bytes are left, at least 8 for each`);
  };

  const flagsElement = element("an array's flags");
  const flags = reader.u32(flagsElement.start, "an array's flags");
  const code = flags & 0xff;
  const other = otherClasses.get(code);
  if (code === mx.opaque)
    return { name: readText(source, element("an array's name"), 'any', 'its name'), value: of(other) };
  const shape = readShape(source, element("an array's dimensions"));
  const name = readText(source, element("an array's name"), 'any', "an array's name");
  const what = name === '' ? 'an array' : name;
  if (other !== undefined) return { name, value: of(other) };
  const count = shape.reduce((product, side) => product * side, 1);

  if (code === mx.cell) {
    room(count, `${what}, a cell array,`);
    return { name, value: { kind: 'cell', shape, cells: Array.from({ length: count }, () => nested('a cell')) } };
  }
  if (code === mx.struct) {
    const fieldNames = readFieldNames(source, element('the length of field names'), element('field names'));
    room(count * fieldNames.length, `${what}, a struct of ${fieldNames.length} fields,`);
    const fields = new Map(fieldNames.map((field): [string, MatValue[]] => [field, []]));
    for (let i = 0; i < count && fieldNames.length > 0; i++)
      for (const [field, values] of fields) values.push(nested(`field ${field}`));
    return { name, value: { kind: 'struct', shape, fields } };
  }
  if (code === mx.char)
    return {
      name,
      value: { kind: 'char', shape, text: count === 0 ? '' : readText(source, element(what), count, what) },
    };

  const type = classByCode.get(code);
  if (type === undefined) throw reader.error(flagsElement.start, `${what} is of class ${code}; it may be 1 to 17`);
  const numbers = (part: string) => {
    const data = element(`${what}: ${part}`);
    const wanted = (flags & flag.logical) !== 0 ? 'uint8' : type;
    // Before the array is made: a count that the element cannot hold must not take memory.
    if (count > data.length)
      throw reader.error(data.start, `${what} asks for ${count} numbers but has ${data.length} bytes`);
    const values = numericClasses[wanted].make(count);
    readNumbers(source, data, values, what);
    return values;
  };
  const values = numbers('its numbers');
  if ((flags & flag.logical) !== 0)
    return {
      name,
      value: { kind: 'logical', shape, values: Uint8Array.from<number | bigint>(values, (value) => (value ? 1 : 0)) },
    };
  const value = { kind: 'numeric', class: type, shape, values } as const;
  return { name, value: (flags & flag.complex) === 0 ? value : { ...value, imaginary: numbers('its imaginary part') } };
}

const of = (name = 'object'): MatValue => ({ kind: 'other', class: name });

function readShape(source: MatSource, element: MatElement): readonly number[] {
  const { reader } = source;
  if (element.type !== mi.int32 || element.length % 4 !== 0 || element.length < 8)
    throw reader.error(
      element.start,
      `dimensions are ${element.length} bytes of element type ${element.type}; they must be two or more numbers of type ${mi.int32}`,
    );
  return Array.from({ length: element.length / 4 }, (_, i) => {
    const side = reader.i32(element.start + 4 * i, 'a dimension');
    if (side < 0) throw reader.error(element.start + 4 * i, `a dimension is ${side}; it must be 0 or more`);
    return side;
  });
}

function readFieldNames(source: MatSource, width: MatElement, names: MatElement): readonly string[] {
  const { reader } = source;
  const each = width.type === mi.int32 && width.length === 4 ? reader.i32(width.start, 'the length of field names') : 0;
  if (each < 1 || names.length % each !== 0)
    throw reader.error(width.start, `field names have ${names.length} bytes, ${each} each, which does not fit`);
  const text = readText(source, names, 'any', 'field names');
  const found = Array.from(
    { length: names.length / each },
    (_, i) => text.slice(i * each, (i + 1) * each).split('\0', 1)[0] ?? '',
  );
  if (new Set(found).size !== found.length)
    throw reader.error(names.start, `two fields have one name: ${found.join(', ')}`);
  return found;
}
