import { inputsOf, type Node, type Value } from '../../trace/graph.ts';

const numbers = new WeakMap<object, number>();
let seen = 0;
const identity = (of: object): number => {
  const known = numbers.get(of) ?? ++seen;
  numbers.set(of, known);
  return known;
};

/** A constant of at most so many numbers is told by them, another one by which it is. */
const few = 32;

/**
 * Names what weights and constants alone make, so that two graphs which make the same of the same weights say the same.
 *
 * @param makers the fixed nodes of a graph, by what they make
 */
export function keysOf(makers: ReadonlyMap<Value, Node>): (value: Value) => string {
  const known = new Map<Value, string>();
  const keyOf = (value: Value): string => {
    const made = known.get(value) ?? describe(value);
    known.set(value, made);
    return made;
  };
  const describe = (value: Value): string => {
    if (value.kind === 'weight') return `w${identity(value.weight)}`;
    if (value.kind === 'constant') {
      const { numbers: held, shape, dtype } = value;
      const short = ArrayBuffer.isView(held) && held.length <= few;
      return short ? `${dtype}[${shape}](${Array.from(held as Float32Array)})` : `c${identity(held)}`;
    }
    const node = makers.get(value);
    if (node === undefined) throw new Error(`engine: ${value.name} is not made of weights alone`);
    const index = node.outputs.indexOf(value as (typeof node.outputs)[number]);
    return `${node.op}(${inputsOf(node).map(keyOf)}|${JSON.stringify(node.attrs)})${index || ''}`;
  };
  return keyOf;
}
