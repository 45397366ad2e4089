import { type Graph, inputsOf, type Node, type Value } from '../../trace/graph.ts';
import { makers, soleReaders } from '../../trace/readers.ts';

/**
 * Joins a concatenation along axis 1 and the reshapes of maps before it, where nobody else reads what is between:
 * `EngineConcat`, which takes the maps themselves, so that the heads' outputs go from where they are made straight to
 * their places. `sizes` are the parts' along the axis.
 */
export function fuseReshapedConcat(graph: Graph): Graph {
  const made = makers(graph);
  const soleReader = soleReaders(graph);
  const gone = new Set<Node>();
  const joined = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const { shape = [] } = node.outputs[0] ?? {};
    if (node.op !== 'Concat' || (node.attrs.axis !== 1 && node.attrs.axis !== 1 - shape.length)) continue;
    const maps = inputsOf(node).map((value) => mapOf(value, made));
    if (!maps.some((map) => map !== undefined)) continue;
    const inputs = inputsOf(node).map((value, i) => {
      const reshape = made.get(value);
      if (maps[i] && reshape && soleReader(value) === node) gone.add(reshape);
      return maps[i] ?? value;
    });
    const sizes = inputsOf(node).map((value) => value.shape[1] ?? 0);
    joined.set(node, { ...node, op: 'EngineConcat', inputs, attrs: { axis: 1, sizes } });
  }
  if (joined.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => (gone.has(node) ? [] : [joined.get(node) ?? node])) };
}

/** The map [b, h, w, c] that was reshaped, its images kept. */
function mapOf(value: Value, made: ReadonlyMap<Value, Node>): Value | undefined {
  const node = made.get(value);
  const [x] = node?.op === 'Reshape' ? inputsOf(node) : [];
  return x?.shape.length === 4 && x.dtype === 'float32' && x.shape[0] === value.shape[0] ? x : undefined;
}
