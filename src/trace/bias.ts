import type { Node, Value } from './graph.ts';
import { inputNamed } from './readers.ts';

/** What a node adds to each channel, and the name of its other input; undefined for other nodes. */
export function biasOf(node: Node): { readonly is: Value; readonly of: string } | undefined {
  const isVector = (value: Value | undefined): value is Value =>
    value?.shape.length === 1 && value.shape[0] === node.outputs[0]?.shape.at(-1);
  const [x, bias, a, b] = ['x', 'bias', 'a', 'b'].map((name) => inputNamed(node, name));
  if (node.op === 'PyramidionBiasAdd' && x && isVector(bias)) return { is: bias, of: 'x' };
  if (node.op !== 'Add' || a === undefined || b === undefined) return undefined;
  if (isVector(b) && a.shape.length > 1) return { is: b, of: 'a' };
  return isVector(a) && b.shape.length > 1 ? { is: a, of: 'b' } : undefined;
}
