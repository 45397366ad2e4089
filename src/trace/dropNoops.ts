import { type ConstantValue, type Graph, inputsOf, type Node, type Value } from './graph.ts';
import { reading } from './rewrite.ts';

/**
 * Leaves out kernels that give back what they read: `Identity`, `Cast` to the same type, `Reshape` to the same shape,
 * `Tile` by ones, `Transpose` that moves nothing, joins of one, arithmetic with 0 and 1. What read their results reads
 * what they read; of two reshapes in a row the first is skipped. An output may then be an input or a constant.
 */
export function dropNoops(graph: Graph): Graph {
  const same = new Map<Value, Value>();
  const origin = new Map<Value, Value>(); // of reshaped values
  const settled = (value: Value) => same.get(value) ?? value;
  const nodes = graph.nodes.flatMap((before) => {
    let node = reading(before, settled);
    const [result] = node.outputs;
    const [first] = inputsOf(node);
    if (node.op === 'Reshape' && first && result) {
      const from = origin.get(first) ?? first;
      origin.set(result, from);
      node = reading(node, () => from);
    }
    const given = givenBack(node);
    if (given === undefined || result === undefined) return [node];
    same.set(result, given);
    return [];
  });
  if (same.size === 0 && nodes.every((node, i) => node === graph.nodes[i])) return graph;
  return { ...graph, nodes, outputs: new Map([...graph.outputs].map(([path, value]) => [path, settled(value)])) };
}

const alike = (a: Value, b: Value) => a.dtype === b.dtype && `${a.shape}` === `${b.shape}`;
const all = (value: Value | undefined, number: number) =>
  value?.kind === 'constant' && value.shape.length <= 1 && everyIs(value, number);
const everyIs = ({ numbers }: ConstantValue, number: number) =>
  !('dataSync' in numbers) && [...numbers].every((n) => Number(n) === number);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What a node gives back unchanged, undefined for one that changes it. */
function givenBack(node: Node): Value | undefined {
  const { op, attrs, outputs } = node;
  const [x, y] = inputsOf(node);
  const [result] = outputs;
  if (x === undefined || result === undefined || outputs.length > 1) return undefined;
  const other = same(op, x, y, attrs) ?? undefined;
  return other && alike(other, result) ? other : undefined;
}

/** The input that a kernel gives back, if the result has its shape and type. */
function same(op: string, x: Value, y: Value | undefined, attrs: Node['attrs']): Value | undefined {
  switch (op) {
    case 'Identity':
    case 'Cast': // to the same type
    case 'Reshape': // to the same shape
    case 'ExpandDims':
    case 'Tile': // by ones
    case 'Slice': // of all
    case 'PyramidionUpsampleNearest': // to the same size
    case 'PyramidionResizeBilinear':
      return x;
    case 'PadV2':
    case 'MirrorPad': {
      return list(attrs.paddings)
        .flat()
        .every((pad) => pad === 0)
        ? x
        : undefined;
    }
    case 'Transpose':
      return list(attrs.perm).every((axis, i) => axis === i) ? x : undefined;
    case 'Concat':
    case 'AddN':
      return y === undefined ? x : undefined;
    case 'Add':
      return all(y, 0) ? x : all(x, 0) ? y : undefined;
    case 'Multiply':
      return all(y, 1) ? x : all(x, 1) ? y : undefined;
    case 'Sub':
      return all(y, 0) ? x : undefined;
    case 'RealDiv':
      return all(y, 1) ? x : undefined;
    default:
      return undefined;
  }
}
