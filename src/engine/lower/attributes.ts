import { inputsOf, type Node, type ResultValue, type Value } from '../../trace/graph.ts';
import { inputNamed } from '../../trace/readers.ts';

/** Where a kernel runs, for errors: `neck/P4: Conv2D`. */
export const placeOf = ({ place, op }: Node): string => (place === '' ? op : `${place}: ${op}`);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');
const wrong = (node: Node, name: string, value: unknown, wanted: string) =>
  new TypeError(`engine: ${placeOf(node)}: its attribute ${name} is ${JSON.stringify(value)}; it must be ${wanted}`);

/** A number among a kernel's attributes. @throws TypeError where it is none */
export function numberIn(node: Node, name: string, otherwise?: number): number {
  const value: unknown = node.attrs[name] ?? otherwise;
  if (typeof value === 'number') return value;
  throw wrong(node, name, value, 'a number');
}

/** Numbers, of which one may stand alone; undefined where there are none. @throws TypeError for anything else */
export function numbersIn(node: Node, name: string): readonly number[] | undefined {
  const value: unknown = node.attrs[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return [value];
  if (isNumbers(value)) return value;
  throw wrong(node, name, value, 'a list of numbers');
}

/** Numbers that must be there. @throws TypeError where they are not */
export function listIn(node: Node, name: string): readonly number[] {
  const list = numbersIn(node, name);
  if (list) return list;
  throw wrong(node, name, undefined, 'a list of numbers');
}

/** Pairs of numbers. @throws TypeError for anything else */
export function pairsIn(node: Node, name: string): readonly (readonly [number, number])[] {
  const value: unknown = node.attrs[name];
  const isPair = (item: unknown): item is readonly [number, number] => isNumbers(item) && item.length === 2;
  if (Array.isArray(value) && value.every(isPair)) return value;
  throw wrong(node, name, value, 'a list of pairs of numbers');
}

/** An input by its name, or the first one. @throws TypeError where there is none */
export function inputOf(node: Node, name?: string): Value {
  const value = name === undefined ? inputsOf(node)[0] : inputNamed(node, name);
  if (value) return value;
  throw new TypeError(`engine: ${placeOf(node)}: it has no input ${name ?? 'at all'}`);
}

/** The first result. @throws TypeError where there is none */
export function outputOf(node: Node): ResultValue {
  const [value] = node.outputs;
  if (value) return value;
  throw new TypeError(`engine: ${placeOf(node)}: it makes nothing`);
}

/** Axes as numbers of at least 0. @throws RangeError for one that the shape lacks */
export function axesIn(node: Node, axes: readonly number[], rank: number): readonly number[] {
  return axes.map((axis) => {
    const at = axis < 0 ? axis + rank : axis;
    if (at >= 0 && at < rank) return at;
    throw new RangeError(`engine: ${placeOf(node)}: axis ${axis} of ${rank}; it may be ${-rank} to ${rank - 1}`);
  });
}
