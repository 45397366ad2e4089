import { uniqueNames } from '../trace/names.ts';
import type { OnnxAttr, OnnxNode, OnnxTensor, OnnxType } from './onnxModel.ts';

export type OnnxAttrs = { readonly [name: string]: OnnxAttr };

/** What is written down of an ONNX graph so far, and how more is. */
export interface OnnxSheet {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  /** A name that nothing has. */
  readonly unique: (base: string) => string;
  /** Says at what place of the model the next nodes are. */
  readonly enter: (place: string) => void;
  /** Adds a node, which makes values of these names. Gives the first. */
  readonly node: (op: string, inputs: readonly string[], attrs: OnnxAttrs, outputs: readonly string[]) => string;
  /** Adds a node with one result of a new name, and gives that. */
  readonly step: (op: string, inputs: readonly string[], attrs?: OnnxAttrs) => string;
  /** Adds numbers, and gives their name. */
  readonly tensor: (base: string, type: OnnxType, shape: readonly number[], numbers: OnnxTensor['numbers']) => string;
  /** A list of whole numbers: shapes, axes. The same list is there once. */
  readonly longs: (numbers: readonly number[]) => string;
  /** One whole number. */
  readonly long: (number: number) => string;
  /** One float32. */
  readonly float: (number: number) => string;
  /** float32 numbers. */
  readonly floats: (numbers: readonly number[]) => string;
}

/** @param taken names that no node and no value may have: those of inputs and outputs */
export function onnxSheet(taken: Iterable<string>): OnnxSheet {
  const unique = uniqueNames(taken);
  const nodeName = uniqueNames();
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  const small = new Map<string, string>();
  let place = '';

  const node: OnnxSheet['node'] = (op, inputs, attrs, outputs) => {
    nodes.push({ name: nodeName(place === '' ? op : `${place}/${op}`), op, inputs, outputs, attrs });
    return outputs[0] ?? '';
  };
  const tensor: OnnxSheet['tensor'] = (base, type, shape, numbers) => {
    const name = unique(base);
    constants.push({ name, type, shape, numbers });
    return name;
  };
  const once = (text: string, make: (base: string) => string) => {
    const known = small.get(text) ?? make(text);
    small.set(text, known);
    return known;
  };
  const big = (numbers: readonly number[]) => BigInt64Array.from(numbers, (number) => BigInt(number));
  return {
    nodes,
    constants,
    unique,
    enter: (next) => {
      place = next;
    },
    node,
    step: (op, inputs, attrs = {}) => node(op, inputs, attrs, [unique(place === '' ? op : `${place}/${op}`)]),
    tensor,
    longs: (numbers) => once(`[${numbers}]`, (base) => tensor(base, 'int64', [numbers.length], big(numbers))),
    long: (number) => once(`${number}`, (base) => tensor(base, 'int64', [], big([number]))),
    float: (number) => once(`${number}f`, (base) => tensor(base, 'float32', [], Float32Array.of(number))),
    floats: (numbers) =>
      once(`[${numbers}]f`, (base) => tensor(base, 'float32', [numbers.length], Float32Array.from(numbers))),
  };
}
