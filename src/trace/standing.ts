import { type DataId, dispose, keep, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { fixedNodes, isStored } from './fixed.ts';
import { type ConstantValue, type Graph, inputsOf, type Node, type Value, type WeightValue } from './graph.ts';
import { type Group, groupsOf } from './groups.ts';
import { replay } from './replay.ts';

/** Values that are there before a run: weights, constants, and what is made of them alone. */
export interface Standing {
  /** Nodes that are to run each time. */
  readonly nodes: readonly Node[];
  /** What they read that stands, and outputs that do. */
  readonly values: readonly Value[];
  /** Tensors for these, in order: those whose weights have moved are made again. They stay this object's. */
  readonly tensors: () => readonly Tensor[];
  /** What it keeps besides the weights themselves. */
  readonly bytes: () => number;
  readonly dispose: () => void;
}

/** Splits a graph into what stands from run to run and the rest. Nothing is made before it is asked for. */
export function standing(graph: Graph): Standing {
  const once = fixedNodes(graph, isStored);
  const nodes = graph.nodes.filter((node) => !once.has(node));
  const read = new Set([...nodes.flatMap(inputsOf), ...graph.outputs.values()]);
  const made = new Set<Value>([...once].flatMap(({ outputs }) => outputs));
  const values = [...read].filter((value) => isStored(value) || made.has(value));
  const constants = constantTensors();
  const stored = (value: Value): Tensor =>
    value.kind === 'weight' ? weightTensor(value) : constants.of(value as ConstantValue);
  const groups = groupsOf(
    [...once],
    values.filter((value) => made.has(value)),
  ).map(kept);

  const sources = values.map((value): (() => Tensor) => {
    const group = groups.find(({ wanted }) => wanted.has(value));
    return group ? () => group.tensor(value) : () => stored(value);
  });
  return {
    nodes,
    values,
    tensors: () => {
      for (const group of groups) group.refresh();
      return sources.map((source) => source());
    },
    bytes: () => constants.bytes() + groups.reduce((sum, group) => sum + group.bytes(), 0),
    dispose: () => {
      constants.dispose();
      for (const group of groups) group.dispose();
    },
  };
}

/** The tensor bound to a weight, or its own. */
const weightTensor = ({ weight, shape }: WeightValue): Tensor => weight.as([...shape] as [number]);

const bytesOf = (tensors: Iterable<Tensor>) => [...tensors].reduce((sum, { size }) => sum + 4 * size, 0);

/** A constant as a tensor: a new one, or the one that the function used from outside. */
function constantTensor({ numbers, shape, dtype, name }: ConstantValue): Tensor {
  if (!('dataSync' in numbers)) return tensor(numbers, [...shape], dtype);
  if (!numbers.isDisposed) return numbers;
  throw new Error(
    `compile: the tensor of shape [${shape}] that the function uses from outside (${name}) was disposed; keep it, or give it as an input`,
  );
}

/** Constants as tensors, made when first read, and kept. */
function constantTensors() {
  const made = new Map<Value, Tensor>();
  return {
    of: (value: ConstantValue): Tensor => {
      const known = made.get(value);
      if (known) return known;
      const tensorOf = constantTensor(value);
      if (tensorOf === value.numbers) return tensorOf; // whose it is, keeps it
      keep(tensorOf);
      made.set(value, tensorOf);
      return tensorOf;
    },
    bytes: () => bytesOf(made.values()),
    dispose: () => {
      dispose([...made.values()]);
      made.clear();
    },
  };
}

/** What a group makes, kept until one of its weights has other numbers. */
function kept({ nodes, wanted }: Group) {
  const values = [...wanted];
  const read = [...new Set(nodes.flatMap(inputsOf))];
  const weights = read.filter((value) => value.kind === 'weight');
  const constants = read.filter((value) => value.kind === 'constant');
  const run = replay(nodes, [...weights, ...constants], values);
  let fresh = false;
  let stamps: readonly DataId[] = [];
  let held = new Map<Value, Tensor>();
  const clear = () => {
    dispose([...held.values()]);
    held = new Map();
    fresh = false;
  };
  return {
    wanted,
    /** Numbers that a tensor holds never change: other numbers are other data. */
    refresh: () => {
      const tensors = weights.map(weightTensor);
      if (fresh && tensors.every(({ dataId }, i) => dataId === stamps[i])) return;
      clear();
      tidy(() => {
        const made = run([...tensors, ...constants.map(constantTensor)]);
        held = new Map(made.map((tensor, i) => [values[i] as Value, keep(tensor)]));
      });
      stamps = tensors.map(({ dataId }) => dataId);
      fresh = true;
    },
    tensor: (value: Value): Tensor => held.get(value) as Tensor,
    bytes: () => bytesOf(held.values()),
    dispose: clear,
  };
}
