import { type Graph, inputsOf, type Node, namesOf, type ResultValue, type Value } from '../../trace/graph.ts';
import { uniqueNames } from '../../trace/names.ts';

/** Operands of one sum at most: a chain has a register for each, and one for each sum of two. */
const most = 12;

/**
 * Parts sums of many values, such as the joint norm of all gradients, into sums of sums, which chains of elementwise kernels
 * can hold. The order of additions changes.
 */
export function splitSums(graph: Graph): Graph {
  if (!graph.nodes.some(isLong)) return graph;
  const unique = uniqueNames(namesOf(graph));
  const split = (node: Node): readonly Node[] => {
    if (!isLong(node)) return [node];
    const [sum] = node.outputs;
    const given = inputsOf(node);
    const parts: Node[] = [];
    const partOf = (inputs: readonly Value[]): Value => {
      const [only] = inputs;
      if (inputs.length === 1 && only) return only;
      const { shape = [], dtype = 'float32' } = sum ?? {};
      const part: ResultValue = { kind: 'result', name: unique(`${sum?.name} part`), shape, dtype };
      parts.push({ ...node, inputs, outputs: [part] });
      return part;
    };
    const inputs: Value[] = [];
    for (let i = 0; i < given.length; i += most) inputs.push(partOf(given.slice(i, i + most)));
    return [...parts, ...split({ ...node, inputs })];
  };
  return { ...graph, nodes: graph.nodes.flatMap(split) };
}

const isLong = (node: Node) => node.op === 'AddN' && inputsOf(node).length > most;
