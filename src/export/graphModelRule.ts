import { inputsOf, type Node } from '../trace/graph.ts';
import type { GraphAttrs } from './graphModelNode.ts';
import type { GraphWriter } from './graphModelWriter.ts';
import { inputOf } from './values.ts';

/** Writes what one kernel of tfjs is in TensorFlow's graphs. */
export type GraphRule = (node: Node, to: GraphWriter) => void;
export type GraphRules = { readonly [kernel: string]: GraphRule };

/** One rule for many kernels, a word or pairs `tfjs:TensorFlow` each: the same inputs in the same order. */
export const alike = (names: string, attrs: (node: Node) => GraphAttrs = () => ({})): GraphRules =>
  Object.fromEntries(
    names.split(' ').map((name) => {
      const [kernel = '', op = kernel] = name.split(':');
      return [kernel, (node, to) => to.give(node.outputs, op, inputsOf(node).map(to.read), attrs(node))];
    }),
  );

/** Inputs of a kernel by name, read in this order. */
export const reads = (node: Node, to: GraphWriter, ...names: readonly string[]): string[] =>
  names.map((name) => to.read(inputOf(node, name)));
