import type { Node } from '../trace/graph.ts';

/** Where a kernel runs, for errors: `neck/P4: Conv2D`. */
export const placeOf = ({ place, op }: Node): string => (place === '' ? op : `${place}: ${op}`);

const wrong = (node: Node, name: string, value: unknown, wanted: string) =>
  new TypeError(`${placeOf(node)}: its attribute ${name} is ${JSON.stringify(value)}; it must be ${wanted}`);

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

/** Pairs of numbers. @throws TypeError for anything else */
export function pairsIn(node: Node, name: string): readonly (readonly [number, number])[] {
  const value: unknown = node.attrs[name];
  const isPair = (item: unknown): item is readonly [number, number] => isNumbers(item) && item.length === 2;
  if (Array.isArray(value) && value.every(isPair)) return value;
  throw wrong(node, name, value, 'a list of pairs of numbers');
}

/** A switch, off where it is not said. */
export const flagIn = (node: Node, name: string): boolean => node.attrs[name] === true;

/** A word, empty where it is not said. */
export function wordIn(node: Node, name: string): string {
  const value: unknown = node.attrs[name];
  return typeof value === 'string' ? value : '';
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Height and width, of which one number may say both. @throws TypeError for anything else */
export function sidesIn(node: Node, name: string, otherwise?: number): readonly [height: number, width: number] {
  const [height, width = height] = numbersIn(node, name) ?? [otherwise];
  if (height !== undefined && width !== undefined) return [height, width];
  throw wrong(node, name, node.attrs[name], 'height and width');
}

/** Axes that a kernel reduces or goes along, counted from 0, in order; all where it says none. */
export function axesIn(node: Node, rank: number): readonly number[] {
  const said = numbersIn(node, 'axis') ?? numbersIn(node, 'reductionIndices'); // `Max` calls it so
  const axes = said ?? Array.from({ length: rank }, (_, i) => i);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}

/** The one axis of a kernel that has one. `rank` is of what it counts in. */
export function axisIn(node: Node, rank: number, name = 'axis'): number {
  const axis = numbersIn(node, name)?.[0] ?? 0;
  return axis < 0 ? axis + rank : axis;
}
