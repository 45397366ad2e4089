import type { BackendValues, DataType, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import type { Weight } from '../core/weight.ts';

interface Named {
  /** Readable, and of no other value of the graph. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Numbers that come anew with each run. */
export interface InputValue extends Named {
  readonly kind: 'input';
}

/** Numbers that a model owns; read when the graph is run. */
export interface WeightValue extends Named {
  readonly kind: 'weight';
  readonly weight: Weight;
}

/** Numbers that were there when the function ran. */
export interface ConstantValue extends Named {
  readonly kind: 'constant';
  /** A tensor where the function used one that existed before; whoever owns that may dispose it. */
  readonly numbers: BackendValues | Tensor;
}

/** What a kernel makes. */
export interface ResultValue extends Named {
  readonly kind: 'result';
}

/** Something that a kernel reads or makes. The same object wherever it is meant. */
export type Value = InputValue | WeightValue | ConstantValue | ResultValue;

/** One kernel. */
export interface Node {
  /** Its name in tfjs, or of a composite op: `Conv2D`, `PyramidionSwish`. */
  readonly op: string;
  /** By the kernel's own names, or a list for kernels that take a list: `AddN`, `Concat`, `Pack`. */
  readonly inputs: { readonly [name: string]: Value } | readonly Value[];
  readonly attrs: NamedAttrMap;
  readonly outputs: readonly ResultValue[];
  /** Where the block is in the model that it ran for; empty at the root and outside of all blocks. */
  readonly place: string;
}

/**
 * A function of tensors as kernels in the order in which they ran. Plain data: a pass makes another of it, and what it
 * keeps it keeps by identity. A node may read what is listed before it, weights and constants.
 */
export interface Graph {
  /** By path in what the function was given. */
  readonly inputs: ReadonlyMap<string, InputValue>;
  readonly nodes: readonly Node[];
  /** By path in what the function gave. */
  readonly outputs: ReadonlyMap<string, Value>;
}

/** What a kernel reads, in its own order. */
export const inputsOf = ({ inputs }: Node): readonly Value[] => Object.values<Value>(inputs);

/** The names of all values of a graph. */
export function namesOf({ inputs, nodes, outputs }: Graph): Set<string> {
  const values = [
    ...inputs.values(),
    ...nodes.flatMap((node) => [...inputsOf(node), ...node.outputs]),
    ...outputs.values(),
  ];
  return new Set(values.map(({ name }) => name));
}

/** The nodes that an output needs, in order. Others computed what nobody reads. */
export function liveNodes({ nodes, outputs }: Graph): readonly Node[] {
  const needed = new Set<Value>(outputs.values());
  const live = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of inputsOf(node)) needed.add(input);
    return true;
  });
  return live.reverse();
}

/** Every weight that live nodes or outputs read, in the order of their first use. */
export function weightsOf(graph: Graph): readonly WeightValue[] {
  const read = new Set([...liveNodes(graph).flatMap(inputsOf), ...graph.outputs.values()]);
  return [...read].filter((value) => value.kind === 'weight');
}

/** A graph as text: its inputs, a line a node with name, shape, kernel and place, its outputs. */
export function formatGraph({ inputs, nodes, outputs }: Graph): string {
  const type = ({ shape, dtype }: Value) => `[${shape.join(', ')}]${dtype === 'float32' ? '' : ` ${dtype}`}`;
  const rows = [
    ...[...inputs.values()].map((value) => [value.name, type(value), '', 'input']),
    ...nodes.map(({ op, inputs, attrs, outputs, place }) => [
      outputs.map(({ name }) => name).join(', '),
      outputs.map(type).join(', '),
      place === '' ? '' : `at ${place}`,
      `${op}(${callText(inputs, attrs)})`,
    ]),
    ...[...outputs].map(([path, value]) => [path, type(value), '', `output ${value.name}`]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function callText(inputs: Node['inputs'], attrs: NamedAttrMap): string {
  const given = Object.values<Value>(inputs).map(({ name }) => name);
  const said = Object.entries(attrs)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [...given, ...said].join(', ');
}
