import { fixedValues } from '../../trace/fixed.ts';
import { type Graph, inputsOf, type Node, type Value } from '../../trace/graph.ts';
import { makers } from '../../trace/readers.ts';
import { chainRules } from '../lower/chainInstructions.ts';
import type { Source } from '../lower/chainOperands.ts';
import { sourcesOf, weightedSources } from '../lower/elementwise.ts';

/** Kernels whose lowering makes more than one command, or none. */
const apart = new Set(['Identity', 'FusedBatchNorm', 'PyramidionBatchNormStored']);
export const isElementwise = ({ op }: Node): boolean => Object.hasOwn(chainRules, op) && !apart.has(op);

/** Operands and steps of a chain: no more, so that all its blocks stay in L1. */
const most = 24;

const sourcesIn = (node: Node): readonly Source[] =>
  node.op === 'PyramidionWeightedSum' ? weightedSources(node) : sourcesOf(node);

/** Every reader of each value; undefined stands for the graph's own outputs. */
function readersOf({ nodes, outputs }: Graph): ReadonlyMap<Value, ReadonlySet<Node | undefined>> {
  const readers = new Map<Value, Set<Node | undefined>>();
  const add = (value: Value, node: Node | undefined) =>
    readers.set(value, (readers.get(value) ?? new Set<Node | undefined>()).add(node));
  for (const node of nodes) for (const value of inputsOf(node)) add(value, node);
  for (const value of outputs.values()) add(value, undefined);
  return readers;
}

/**
 * Joins elementwise kernels whose results nobody else reads into one that goes over memory once: `EngineChain`, with its
 * operands as a list and `steps` as attributes. What is between has the shape of the result. What depends on weights alone
 * is not drawn into what does not, since it is made once.
 */
export function fuseChains(graph: Graph): Graph {
  const made = makers(graph);
  const readers = readersOf(graph);
  const fixed = fixedValues(graph);
  const place = new Map(graph.nodes.map((node, i) => [node, i] as const));
  const taken = new Set<Node>();
  const chains = new Map<Node, Node>();
  for (const last of graph.nodes.toReversed()) {
    const [result] = last.outputs;
    if (taken.has(last) || result === undefined || !isElementwise(last)) continue;
    const group = new Set([last]);
    const joins = (value: Value): Node | undefined => {
      const node = made.get(value);
      if (node === undefined || group.has(node) || taken.has(node) || !isElementwise(node)) return undefined;
      if (`${value.shape}` !== `${result.shape}` || (fixed(value) && !fixed(result))) return undefined;
      return [...(readers.get(value) ?? [])].every((reader) => reader && group.has(reader)) ? node : undefined;
    };
    for (let grown = true; grown; ) {
      const next = [...group]
        .flatMap(inputsOf)
        .map(joins)
        .find((node) => node !== undefined);
      grown = next !== undefined && sizeOf([...group, next]) <= most;
      if (next && grown) group.add(next);
    }
    if (group.size === 1) continue;
    for (const node of group) taken.add(node);
    chains.set(
      last,
      join(
        [...group].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)),
        last,
      ),
    );
  }
  if (chains.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => chains.get(node) ?? (taken.has(node) ? [] : [node])) };
}

const sizeOf = (nodes: readonly Node[]) => nodes.length + new Set(nodes.flatMap(inputsOf)).size;

/** Nodes in order as one node. */
function join(nodes: readonly Node[], last: Node): Node {
  const inside = new Map<Value, number>(); // by the step that makes it
  for (const [i, { outputs }] of nodes.entries()) if (outputs[0]) inside.set(outputs[0], i);
  const operands: Source[] = [];
  const operandOf = (source: Source): number => {
    const at = operands.findIndex(
      ({ value, element, shape }) =>
        value === source.value && element === source.element && `${shape}` === `${source.shape}`,
    );
    return at >= 0 ? at : operands.push(source) - 1;
  };
  const reads = nodes.map((node) =>
    sourcesIn(node).map((source) => {
      const step = inside.get(source.value);
      return step === undefined ? { operand: operandOf(source) } : { step };
    }),
  );
  const steps = nodes.map(({ op, attrs, outputs }, i) => ({
    op,
    attrs,
    dtype: outputs[0]?.dtype ?? 'float32',
    inputs: (reads[i] ?? []).map((read) => read.operand ?? operands.length + read.step),
  }));
  const elements = operands.map(({ element }) => element ?? -1);
  const shapes = operands.map(({ shape, value }) => [...(shape ?? value.shape)]);
  return {
    op: 'EngineChain',
    inputs: operands.map(({ value }) => value),
    attrs: { steps, elements, shapes },
    outputs: last.outputs,
    place: last.place,
  };
}
