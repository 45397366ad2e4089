import { engine, type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { inputsOf, type Node, type Value } from './graph.ts';

/** One kernel over numbered places. */
interface Step {
  readonly node: Node;
  /** Names of the inputs; undefined where the kernel takes a list. */
  readonly names: readonly string[] | undefined;
  readonly reads: readonly number[];
  /** First place of the results, which are in a row. */
  readonly makes: number;
  /** Places that nobody reads afterwards. */
  readonly frees: readonly number[];
}

/** Runs kernels on the current backend, over tensors in the order of the values given to `replay`, which stay. */
export type Replay = (given: readonly Tensor[]) => Tensor[];

/**
 * Makes a list of steps of nodes, to be run many times: what each reads and makes has a number, each result is freed at
 * its last use. The results that are wanted are new tensors, each its own, whatever they share.
 *
 * @param given values that are there before: inputs, weights, constants
 */
export function replay(nodes: readonly Node[], given: readonly Value[], wanted: readonly Value[]): Replay {
  const places = new Map<Value, number>(given.map((value, i) => [value, i]));
  let count = given.length;
  const placeOf = (value: Value): number => {
    const place = places.get(value);
    if (place === undefined) throw new Error(`replay: ${value.name} is read before it is made`);
    return place;
  };
  const made = nodes.map((node) => {
    const reads = inputsOf(node).map(placeOf);
    const makes = count;
    for (const output of node.outputs) places.set(output, count++);
    const names = Array.isArray(node.inputs) ? undefined : Object.keys(node.inputs);
    return { node, names, reads, makes };
  });
  const results = wanted.map(placeOf);
  const stays = new Set([...given.keys(), ...results]);
  const last = new Map<number, number>();
  for (const [i, { node, reads, makes }] of made.entries()) {
    for (const [j] of node.outputs.entries()) last.set(makes + j, i); // never read: freed at once
    for (const place of reads) last.set(place, i);
  }
  const frees = made.map((): number[] => []);
  for (const [place, i] of last) if (!stays.has(place)) frees[i]?.push(place);
  const steps = made.map((step, i): Step => ({ ...step, frees: frees[i] ?? [] }));
  const own = results.map((place, i) => place >= given.length && results.indexOf(place) === i);

  return (tensors) =>
    tidy(() => {
      const held = new Array<Tensor>(count);
      for (let i = 0; i < tensors.length; i++) held[i] = at(tensors, i);
      for (const step of steps) take(step, held);
      return results.map((place, i) => (own[i] ? at(held, place) : at(held, place).clone()));
    });
}

function take({ node, names, reads, makes, frees }: Step, held: Tensor[]): void {
  const given = names ? named(names, reads, held) : reads.map((place) => at(held, place));
  const made = engine().runKernel<Tensor | Tensor[]>(node.op, given as NamedTensorMap, node.attrs);
  if (Array.isArray(made)) for (let i = 0; i < made.length; i++) held[makes + i] = at(made, i);
  else held[makes] = made;
  for (const place of frees) at(held, place).dispose();
}

function named(names: readonly string[], reads: readonly number[], held: readonly Tensor[]): NamedTensorMap {
  const given: NamedTensorMap = {};
  for (let i = 0; i < names.length; i++) given[names[i] as string] = at(held, reads[i] as number);
  return given;
}

/** A place that a plan made sure of. */
const at = (held: readonly Tensor[], place: number): Tensor => held[place] as Tensor;
