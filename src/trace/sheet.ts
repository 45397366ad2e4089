import type { DataId, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Abstract } from '../tfjs/abstract.ts';
import type { KernelCall } from '../tfjs/abstractBackend.ts';
import { mapInputs } from '../tfjs/abstractInputs.ts';
import type { Node, ResultValue, Value } from './graph.ts';

/** What is written down of kernels that run without numbers: values by tensor, and the nodes so far. */
export function blankSheet(unique: (base: string) => string) {
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
