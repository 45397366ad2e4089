import { dropDead } from './dropDead.ts';
import { type ConstantValue, type Graph, inputsOf, type Node, type ResultValue, type Value } from './graph.ts';
import { memoryOf } from './memory.ts';
import { reading, rereading } from './rewrite.ts';

/** Numbers of a result that may live longer without being noticed. */
const small = 4096;

/**
 * Computes once what several nodes compute alike: the same kernel of the same values with the same attributes. Constants
 * of equal numbers are one first. Where that takes more memory at once, as it undoes a recomputation that was meant to
 * save it, only small results are merged.
 */
export function mergeEqual(graph: Graph): Graph {
  const constants = mergeConstants(graph);
  const { graph: merged, large } = mergeNodes(constants, () => true);
  const grown = large && memoryOf(merged).peakBytes > memoryOf(graph).peakBytes;
  return grown ? mergeNodes(constants, isSmall).graph : merged;
}

const isSmall = ({ outputs }: Node) => outputs.every(({ shape }) => shape.reduce((a, b) => a * b, 1) <= small);

/** Gives the graph, and whether something large was merged. */
function mergeNodes(graph: Graph, may: (node: Node) => boolean): { readonly graph: Graph; readonly large: boolean } {
  let large = false;
  const first = new Map<string, readonly ResultValue[]>();
  const same = new Map<Value, Value>();
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
  const nodes = graph.nodes.flatMap((before) => {
    const node = reading(before, (value) => same.get(value) ?? value);
    if (!may(node)) return [node];
    const key = `${node.op}(${namesOf(node)}:${inputsOf(node).map(numberOf)})${attrsText(node.attrs)}`;
    const known = first.get(key);
    if (known === undefined) {
      first.set(key, node.outputs);
      return [node];
    }
    for (const [i, output] of node.outputs.entries()) same.set(output, known[i] ?? output);
    large ||= !isSmall(node);
    return [];
  });
  if (same.size === 0) return { graph, large };
  const outputs = new Map([...graph.outputs].map(([path, value]) => [path, same.get(value) ?? value]));
  return { graph: dropDead({ ...graph, nodes, outputs }), large };
}

const namesOf = ({ inputs }: Node) => (Array.isArray(inputs) ? 'list' : Object.keys(inputs).join());

/** Attributes as text, numbers that JSON does not know too. */
const attrsText = (attrs: Node['attrs']): string =>
  JSON.stringify(Object.entries(attrs).sort(), (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value,
  );

function mergeConstants(graph: Graph): Graph {
  const first = new Map<string, ConstantValue>();
  const one = (value: ConstantValue): ConstantValue => {
    const { numbers, shape, dtype } = value;
    if ('dataSync' in numbers || numbers.length > 64 || dtype === 'string') return value;
    const key = `${dtype}[${shape}]${[...numbers].map((n) => (Object.is(n, -0) ? '-0' : `${n}`))}`;
    const known = first.get(key) ?? value;
    first.set(key, known);
    return known;
  };
  return rereading(graph, (value) => (value.kind === 'constant' ? one(value) : value));
}
