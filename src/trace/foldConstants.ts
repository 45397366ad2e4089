import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { fixedNodes } from './fixed.ts';
import { type ConstantValue, type Graph, inputsOf, liveNodes, type Node, type Value } from './graph.ts';
import { replay } from './replay.ts';
import { rereading } from './rewrite.ts';

/**
 * Computes nodes that depend on constants alone, on the current backend, and puts constants in their place. Kernels that
 * make many numbers of few, as `Fill` and `Tile`, stay. Weights are no constants: see `weightsToConstants`.
 *
 * @param keep whether a node stays as it is: for one whose numbers depend on the batch
 */
export function foldConstants(graph: Graph, keep: (node: Node) => boolean = () => false): Graph {
  const free = { ...graph, nodes: graph.nodes.filter((node) => !keep(node)) };
  const folded = fixedNodes(free, ({ kind }) => kind === 'constant');
  if (folded.size === 0) return graph;

  const rest = graph.nodes.filter((node) => !folded.has(node));
  const read = new Set([...rest.flatMap(inputsOf), ...graph.outputs.values()]);
  const known = new Set<Value>([...folded].flatMap(({ outputs }) => outputs));
  const wanted = [...read].filter((value) => known.has(value));
  const outputs = new Map(wanted.map((value) => [value.name, value]));
  const constants = computed(liveNodes({ inputs: new Map(), nodes: [...folded], outputs }), wanted);
  return rereading({ ...graph, nodes: rest }, (value) => constants.get(value) ?? value);
}

/** Runs nodes that read constants and each other. What is made is disposed; its numbers are the caller's. */
function computed(nodes: readonly Node[], wanted: readonly Value[]): Map<Value, ConstantValue> {
  const given = [...new Set(nodes.flatMap(inputsOf))].filter((value) => value.kind === 'constant');
  const own: Tensor[] = [];
  const made: Tensor[] = [];
  try {
    const tensors = given.map(({ numbers, shape, dtype }) => {
      if ('dataSync' in numbers) return numbers;
      const written = tensor(numbers, [...shape], dtype);
      own.push(written);
      return written;
    });
    made.push(...replay(nodes, given, wanted)(tensors));
    return new Map(
      wanted.map(({ name, shape, dtype }, i): [Value, ConstantValue] => {
        const numbers = made[i]?.dataSync().slice() ?? new Float32Array();
        return [wanted[i] as Value, { kind: 'constant', name, shape, dtype, numbers }];
      }),
    );
  } finally {
    dispose([...own, ...made]);
  }
}
