import { type Graph, inputsOf, type Node, type Value } from './graph.ts';

/** Numbers that a kernel may make of fewer, and still count as made once. */
const few = 4096;
const numbersIn = (values: readonly Value[]) =>
  values.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/**
 * Nodes that compute the same in every run as long as what they stand on stays: they read `stands`, and each other.
 * Not those that make many numbers of few, as `Fill` and `Tile`: to keep these would cost more than to make them again.
 */
export function fixedNodes({ nodes }: Graph, stands: (value: Value) => boolean): ReadonlySet<Node> {
  const fixed = new Set<Node>();
  const made = new Set<Value>();
  for (const node of nodes) {
    const [reads, makes] = [inputsOf(node), numbersIn(node.outputs)];
    const numbers = [...reads, ...node.outputs].every(({ dtype }) => dtype !== 'string');
    const standing = reads.every((value) => stands(value) || made.has(value));
    if (!numbers || !standing || (makes > few && makes > numbersIn(reads))) continue;
    fixed.add(node);
    for (const output of node.outputs) made.add(output);
  }
  return fixed;
}

/** Whether a value is there before a run: a weight or a constant. */
export const isStored = ({ kind }: Value): boolean => kind === 'weight' || kind === 'constant';

/** Weights, constants, and what is made of them alone. */
export function fixedValues(graph: Graph): (value: Value) => boolean {
  const made = new Set<Value>([...fixedNodes(graph, isStored)].flatMap(({ outputs }) => outputs));
  return (value) => isStored(value) || made.has(value);
}
