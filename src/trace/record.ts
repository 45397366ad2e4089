import type { DataId, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { type HasParts, isBlock } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { type Abstract, abstractly } from '../tfjs/abstract.ts';
import type { KernelCall } from '../tfjs/abstractBackend.ts';
import { fromSpecs, type SpecOf, shapesOf, tensorsOf } from '../tfjs/abstractContainer.ts';
import { mapInputs } from '../tfjs/abstractInputs.ts';
import type { Graph, InputValue, Node, ResultValue, Value } from './graph.ts';
import { keyNames, uniqueNames } from './names.ts';

export interface TraceOptions {
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
  /** Who asks, for errors. Default `trace`. */
  readonly label?: string;
}

/** One call of a block, as it was traced. */
export interface BlockCall {
  /** Where the block is in the model; empty for the model itself. */
  readonly place: string;
  /** Shapes of what it gave, in the same lists and records. */
  readonly output: unknown;
}

/** A graph, and what only its tracing tells. */
export interface Recording {
  readonly graph: Graph;
  /** In the order in which they began. */
  readonly calls: readonly BlockCall[];
  /** The most bytes that tfjs would have held at once, freeing at the end of each block, weights not counted. */
  readonly plainBytes: number;
}

/** `trace`, and what its tracing tells besides. */
export function record<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options: TraceOptions = {}): Recording {
  const { label = 'trace', root = isBlock(run) ? run : undefined } = options;
  const sheet = blankSheet();
  const weightNames = new Map<Weight, string>();
  const calls: { place: string; output: unknown }[] = [];
  const open: { place: string; output: unknown }[] = [];

  const listener = {
    label,
    root,
    onWeight: (weight: Weight, symbol: Tensor, name: string) => {
      weightNames.set(weight, name);
      sheet.add(symbol, { kind: 'weight', ...sheet.named(symbol, name), weight });
    },
    onKernel: sheet.kernel,
    enter: (place: string) => {
      const call = { place, output: undefined };
      calls.push(call);
      open.push(call);
    },
    leave: (_place: string, _block: HasParts, result: unknown) => {
      const call = open.pop();
      if (call) call.output = shapesOf(result);
    },
  };
  return abstractly(listener, (abstract) => {
    const keys = keyNames(root, weightNames);
    const given = new Map<string, InputValue>();
    const input = fromSpecs<In>(
      inputs,
      (shape, dtype, path) => {
        const tensor = abstract.placeholder(shape, dtype);
        const value = sheet.add<InputValue>(tensor, { kind: 'input', ...sheet.named(tensor, path || 'input') });
        given.set(value.name, value);
        return tensor;
      },
      keys,
    );
    const result: unknown = run(input);
    const outputs = new Map<string, Value>();
    const outputName = uniqueNames();
    for (const [path, tensor] of tensorsOf(result, keys))
      outputs.set(outputName(path || 'output'), sheet.find(tensor, abstract));
    return { graph: { inputs: given, nodes: sheet.nodes, outputs }, calls, plainBytes: abstract.peakBytes() };
  });
}

/** Values by tensor, and the kernels so far. */
function blankSheet() {
  const unique = uniqueNames();
  const byData = new Map<DataId, Value>();
  const outside = new Map<Tensor, Value>(); // by tensor: two that existed before may share their data
  const nodes: Node[] = [];

  const add = <V extends Value>({ dataId }: TensorInfo, value: V): V => {
    byData.set(dataId, value);
    return value;
  };
  const named = ({ shape, dtype }: TensorInfo, base: string) => ({ name: unique(base), shape: [...shape], dtype });
  const find = (tensor: Tensor, { constant }: Abstract): Value => {
    const known = byData.get(tensor.dataId) ?? outside.get(tensor);
    if (known) return known;
    const numbers = constant(tensor);
    const value: Value = { kind: 'constant', ...named(tensor, 'constant'), numbers: numbers ?? tensor };
    if (numbers) return add(tensor, value);
    outside.set(tensor, value);
    return value;
  };
  const kernel = ({ op, inputs, attrs, outputs }: KernelCall, place: string, abstract: Abstract) => {
    const read = mapInputs(inputs, (tensor) => find(tensor, abstract));
    const base = place === '' ? op : `${place}/${op}`;
    const made = outputs.map((output, i): ResultValue => {
      const name = outputs.length > 1 ? `${base}:${i}` : base;
      return add(output, { kind: 'result', ...named(output, name) });
    });
    nodes.push({ op, inputs: read, attrs: { ...attrs }, outputs: made, place });
  };
  return { add, named, find, kernel, nodes };
}
