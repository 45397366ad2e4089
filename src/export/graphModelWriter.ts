import type { DataType } from '@tensorflow/tfjs-core';
import type { BatchMarks, BatchNumber } from '../trace/batch.ts';
import type { Graph, Node, Value } from '../trace/graph.ts';
import { uniqueNames } from '../trace/names.ts';
import { freeAttrs, type Side, sidesOfValue } from './batchSides.ts';
import { type GraphAttrs, type GraphNode, graphShape, graphTypes } from './graphModelNode.ts';
import { type Numbers, numbersOf } from './permute.ts';

/** Numbers of a file, in order. */
export interface GraphWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly numbers: Numbers;
}

/** Writes a TensorFlow graph value by value. */
export interface GraphWriter {
  readonly nodes: readonly GraphNode[];
  readonly weights: readonly GraphWeight[];
  /** What a value is called; a constant is written when it is first read. */
  readonly read: (value: Value) => string;
  /** Adds a node that makes what a kernel makes. */
  readonly give: (values: readonly Value[], op: string, inputs: readonly string[], attrs?: GraphAttrs) => void;
  /** Adds a node with one result and gives its name. */
  readonly step: (op: string, inputs: readonly string[], attrs?: GraphAttrs) => string;
  /** Adds an input of the whole. */
  readonly placeholder: (value: Value) => void;
  /** Adds an output of the whole under its own name. */
  readonly output: (name: string, value: Value) => void;
  /** A list of whole numbers. */
  readonly ints: (numbers: readonly number[]) => string;
  readonly int: (number: number) => string;
  readonly float: (number: number) => string;
  readonly tensor: (base: string, shape: readonly number[], numbers: Numbers) => string;
  /** A list of sides, computed from the batch where it must be. */
  readonly sides: (sides: readonly Side[]) => string;
  /** The sides of a value. */
  readonly sidesOf: (value: Value) => readonly Side[];
  /** The same as a shape of the signature, where a free side is -1. */
  readonly declared: (value: Value) => readonly number[];
  /** Numbers of a kernel's attribute that depend on the batch, by place in its list. */
  readonly free: (node: Node, attr: string) => readonly (BatchNumber | undefined)[];
  readonly enter: (place: string) => void;
  /** What an input or output of a name is called in the graph. */
  readonly named: (name: string) => string;
}

/** Names that TensorFlow allows: `:` would be the number of a result. */
const allowed = (name: string) => name.replace(/[^A-Za-z0-9_./\\-]/g, '_').replace(/^[^A-Za-z0-9.]/, '.');

export function typeOf({ name, dtype }: { readonly name: string; readonly dtype: DataType }): string {
  const type = graphTypes[dtype];
  if (type) return type;
  throw new TypeError(`toGraphModel: ${name} is ${dtype}; float32, int32 and bool can be exported`);
}

export function graphWriter(graph: Graph, marks: BatchMarks | undefined): GraphWriter {
  const unique = uniqueNames([...graph.inputs.keys(), ...graph.outputs.keys()].map(allowed));
  const nodes: GraphNode[] = [];
  const weights: GraphWeight[] = [];
  const names = new Map<Value, string>();
  const small = new Map<string, string>();
  let place = '';
  let batch: string | undefined;

  const add = (name: string, op: string, input: readonly string[], attr: GraphAttrs) => {
    nodes.push({ name, op, input, attr });
    return name;
  };
  const step: GraphWriter['step'] = (op, inputs, attrs = {}) =>
    add(unique(allowed(place === '' ? op : `${place}/${op}`)), op, inputs, { T: { type: 'DT_FLOAT' }, ...attrs });
  const constant = (base: string, shape: readonly number[], dtype: DataType, numbers: Numbers) => {
    const name = unique(allowed(base));
    weights.push({ name, shape, dtype, numbers });
    const type = typeOf({ name, dtype });
    const tensor = { dtype: type, tensorShape: graphShape(shape) };
    return add(name, 'Const', [], { dtype: { type }, value: { tensor } });
  };
  const once = (key: string, make: () => string) => {
    const known = small.get(key) ?? make();
    small.set(key, known);
    return known;
  };
  const ints: GraphWriter['ints'] = (numbers) =>
    once(`[${numbers}]`, () => constant('ints', [numbers.length], 'int32', Int32Array.from(numbers)));
  const int: GraphWriter['int'] = (number) =>
    once(`${number}`, () => constant('int', [], 'int32', Int32Array.of(number)));
  const float: GraphWriter['float'] = (number) =>
    once(`${number}f`, () => constant('float', [], 'float32', Float32Array.of(number)));

  const batchSize = () => {
    if (batch !== undefined) return batch;
    const [input] = [...graph.inputs.values()].filter((value) => marks?.sides.get(value)?.[0] !== undefined);
    if (input === undefined) throw new Error('toGraphModel: no input has a free batch');
    const type = { T: { type: 'DT_INT32' } };
    batch = step('Slice', [step('Shape', [read(input)], { ...type, out_type: type.T }), ints([0]), ints([1])], type);
    return batch;
  };
  const sides: GraphWriter['sides'] = (list) => {
    const type = { T: { type: 'DT_INT32' } };
    const parts = list.map((side) => {
      if (typeof side === 'number') return ints([side]);
      const scaled = side.perImage === 1 ? batchSize() : step('Mul', [batchSize(), int(side.perImage)], type);
      return side.fixed === 0 ? scaled : step('AddV2', [scaled, int(side.fixed)], type);
    });
    if (list.every((side) => typeof side === 'number')) return ints(list);
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return step('ConcatV2', [...parts, int(0)], { ...type, N: { i: `${parts.length}` } });
  };
  const read = (value: Value): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    if (value.kind !== 'constant') throw new Error(`toGraphModel: ${value.name} is read before it is made`);
    const made = constant(value.name, value.shape, value.dtype, numbersOf(value));
    names.set(value, made);
    return made;
  };
  const sidesOf: GraphWriter['sidesOf'] = (value) => sidesOfValue(value, marks);
  const declared: GraphWriter['declared'] = (value) =>
    sidesOf(value).map((side) => (typeof side === 'number' ? side : -1));
  return {
    nodes,
    weights,
    read,
    step,
    give: (values, op, inputs, attrs = {}) => {
      const [first] = values;
      const type = first ? { T: { type: typeOf(first) } } : {};
      const name = add(unique(allowed((first?.name ?? op).replace(/:0$/, ''))), op, inputs, { ...type, ...attrs });
      for (const [i, value] of values.entries()) names.set(value, i === 0 ? name : `${name}:${i}`);
    },
    placeholder: (value) => {
      const type = typeOf(value);
      const name = add(allowed(value.name), 'Placeholder', [], {
        dtype: { type },
        shape: { shape: graphShape(declared(value)) },
      });
      names.set(value, name);
    },
    output: (name, value) => {
      add(allowed(name), 'Identity', [read(value)], { T: { type: typeOf(value) } });
    },
    ints,
    int,
    float,
    tensor: (base, shape, numbers) =>
      constant(base, shape, numbers instanceof Int32Array ? 'int32' : 'float32', numbers),
    sides,
    sidesOf,
    declared,
    free: (node, attr) => freeAttrs(node, attr, marks),
    enter: (next) => {
      place = next;
    },
    named: allowed,
  };
}
