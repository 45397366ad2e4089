import { FormatError } from './formatError.ts';

/** Numbers in the type of their MATLAB class. */
export type MatArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** MATLAB's names of its numeric classes. */
export type MatClass =
  | 'double'
  | 'single'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64';

/** A value has at least two dimensions; its elements are in MATLAB's order: the first index runs fastest. */
interface Shaped {
  readonly shape: readonly number[];
}

export interface MatNumeric extends Shaped {
  readonly kind: 'numeric';
  readonly class: MatClass;
  readonly values: MatArray;
  /** Only of a complex array. */
  readonly imaginary?: MatArray;
}

export interface MatLogical extends Shaped {
  readonly kind: 'logical';
  /** 0 or 1. */
  readonly values: Uint8Array;
}

export interface MatChar extends Shaped {
  readonly kind: 'char';
  /** UTF-16 units. */
  readonly text: string;
}

export interface MatCell extends Shaped {
  readonly kind: 'cell';
  readonly cells: readonly MatValue[];
}

export interface MatStruct extends Shaped {
  readonly kind: 'struct';
  /** For each field, in the file's order, a value of each element. */
  readonly fields: ReadonlyMap<string, readonly MatValue[]>;
}

/** A value of a class that is passed over: sparse, object, function handle. */
export interface MatOther {
  readonly kind: 'other';
  readonly class: string;
}

export type MatValue = MatNumeric | MatLogical | MatChar | MatCell | MatStruct | MatOther;

/** Variables of a file by name, in its order. */
export type MatVariables = ReadonlyMap<string, MatValue>;

/** How a value is called in an error: `1x4 double`. */
export function describeMat(value: MatValue): string {
  if (value.kind === 'other') return value.class;
  return `${value.shape.join('x')} ${value.kind === 'numeric' ? value.class : value.kind}`;
}

/** @throws FormatError where the variable is absent */
export function matVariable(variables: MatVariables, name: string, where: string): MatValue {
  const value = variables.get(name);
  if (value === undefined)
    throw new FormatError(
      `${where}: there is no variable ${name}; there is ${[...variables.keys()].join(', ') || 'none'}`,
    );
  return value;
}

/** A field of one element of a struct array. @throws FormatError where the value is no struct or lacks the field */
export function matField(value: MatValue, name: string, where: string, element = 0): MatValue {
  if (value.kind !== 'struct') throw new FormatError(`${where} is a ${describeMat(value)}; it must be a struct`);
  const field = value.fields.get(name);
  if (field === undefined)
    throw new FormatError(
      `${where} has no field ${name}; it has ${[...value.fields.keys()].join(', ') || 'no fields'}`,
    );
  const item = field[element];
  if (item === undefined)
    throw new FormatError(`${where} is a ${describeMat(value)}; it has no element ${element + 1}`);
  return item;
}

/** The numbers of a numeric or logical value, first index fastest. @throws FormatError for another kind, or complex */
export function matNumbers(value: MatValue, where: string): readonly number[] {
  if ((value.kind !== 'numeric' && value.kind !== 'logical') || (value.kind === 'numeric' && value.imaginary))
    throw new FormatError(`${where} is a ${describeMat(value)}; it must be an array of real numbers`);
  return Array.from<number | bigint, number>(value.values, Number);
}

/** The number of a 1x1 value. @throws FormatError for anything else */
export function matNumber(value: MatValue, where: string): number {
  const [number, ...more] = matNumbers(value, where);
  if (number === undefined || more.length > 0)
    throw new FormatError(`${where} is a ${describeMat(value)}; it must be one number`);
  return number;
}

/** The text of a char value of one row, or of none. @throws FormatError for anything else */
export function matText(value: MatValue, where: string): string {
  if (value.kind === 'numeric' && value.values.length === 0) return ''; // MATLAB's [] for a text that was never set
  if (value.kind !== 'char' || (value.text.length > 0 && value.shape[1] !== value.text.length))
    throw new FormatError(`${where} is a ${describeMat(value)}; it must be a row of char`);
  return value.text;
}

/** The values of a cell array. @throws FormatError for another kind */
export function matCells(value: MatValue, where: string): readonly MatValue[] {
  if (value.kind !== 'cell') throw new FormatError(`${where} is a ${describeMat(value)}; it must be a cell array`);
  return value.cells;
}
