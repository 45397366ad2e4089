import { inputsOf, type Node, type Value } from '../trace/graph.ts';
import { placeOf } from './attributes.ts';

/** An input of a kernel by its name there; undefined where it was not given. */
export const maybeInput = ({ inputs }: Node, name: string): Value | undefined =>
  Object.entries<Value>(inputs).find(([key]) => key === name)?.[1];

/** An input of a kernel by its name there. @throws Error where it was not given */
export function inputOf(node: Node, name: string): Value {
  const found = maybeInput(node, name);
  if (found) return found;
  throw new Error(`${placeOf(node)}: has no input ${name}; it has ${Object.keys(node.inputs).join(', ')}`);
}

/** The first input of a kernel, whatever its name is. @throws Error where there is none */
export function onlyInput(node: Node): Value {
  const [first] = inputsOf(node);
  if (first) return first;
  throw new Error(`${placeOf(node)}: has no input`);
}

/** What a kernel makes. @throws Error where it makes nothing */
export function resultOf(node: Node): Value {
  const [result] = node.outputs;
  if (result) return result;
  throw new Error(`${placeOf(node)}: makes nothing`);
}
