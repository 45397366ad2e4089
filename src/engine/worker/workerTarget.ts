import type { TypedArray } from '@tensorflow/tfjs-core';
import { liveNodes, type Value, weightsOf } from '../../trace/graph.ts';
import { type Held, type HostTensor, type LocalPrepared, type LocalTarget, MissingKernel } from '../../trace/target.ts';
import type { Line } from './line.ts';
import { type Given, type Stamp, sendable } from './wire.ts';

/** Numbers of a worker. */
interface HeldThere extends Held {
  readonly id: number;
}

const isThere = (owner: object, given: HostTensor | Held): given is HeldThere =>
  'owner' in given && given.owner === owner && 'id' in given;

/** Gives each thing a number, the same one when asked again. */
function numbering(): (of: object) => number {
  const known = new WeakMap<object, number>();
  let count = 0;
  return (of) => {
    const number = known.get(of) ?? ++count;
    known.set(of, number);
    return number;
  };
}

/**
 * The engine of a worker as a local target: a plan is made there, a run is told and not waited for, and its results are names
 * of numbers that are there.
 *
 * @param kernels that the engine has
 */
export function workerTarget(
  { check, tell, ask, free, bytesOf }: Line,
  { name, kernels }: { name: string; kernels: ReadonlySet<string> },
): LocalTarget {
  const owner = {};
  const [weightNumber, stampNumber] = [numbering(), numbering()];
  /** The plans that read a weight, and which of its numbers are in the worker. */
  const kept = new Map<number, { plans: number; stamp?: Stamp }>();
  let [plans, names] = [0, 0];
  const heldThere = (id: number, { shape, dtype }: Pick<Value, 'shape' | 'dtype'>): HeldThere => ({
    owner,
    id,
    shape,
    dtype,
    read: () => {
      throw new Error(
        `engine: the numbers of this tensor [${shape}] are in a worker, which answers later: await data() in the place of ` +
          'dataSync(), and compile what computes with it for the same engine',
      );
    },
    readLater: () => ask<TypedArray>((call) => ({ kind: 'read', held: id, call })),
    dispose: () => free(id),
  });
  const givenOf = (value: HostTensor | Held): Given => {
    if (isThere(owner, value)) return { held: value.id, lent: value.lent ?? false };
    const { shape, dtype } = value;
    return { numbers: 'owner' in value ? value.read() : value.numbers, shape, dtype };
  };
  const stampOf = (stamp: unknown): Stamp =>
    typeof stamp === 'object' && stamp !== null ? stampNumber(stamp) : String(stamp);
  const dropWeights = (ids: readonly number[]): number[] =>
    ids.filter((id) => {
      const one = kept.get(id);
      if (one && --one.plans > 0) return false;
      return kept.delete(id);
    });
  const elsewhere = (what: string) => (): never => {
    throw new Error(`engine: ${what} is in a worker; give an engine of wasmEngine() as the target`);
  };

  return {
    local: true,
    owner,
    name,
    keeps: (op) => kernels.has(op),
    prepare: (graph, donated): LocalPrepared => {
      for (const node of liveNodes(graph)) if (!kernels.has(node.op)) throw new MissingKernel(name, node);
      const plan = ++plans;
      const weights = weightsOf(graph).map((value) => ({ value, id: weightNumber(value.weight) }));
      const ids = [...new Set(weights.map(({ id }) => id))];
      const outputs = [...graph.outputs.values()];
      check();
      tell({ kind: 'prepare', plan, graph: sendable(graph, (weight) => ({ id: weightNumber(weight) })), donated });
      for (const id of ids) kept.set(id, { ...kept.get(id), plans: (kept.get(id)?.plans ?? 0) + 1 });
      return {
        run: (inputs, read) => {
          check();
          const given = inputs.map(givenOf);
          const moved = weights.flatMap(({ value, id }) => {
            const now = read(value);
            const stamp = stampOf(now.stamp);
            return kept.get(id)?.stamp === stamp ? [] : [{ id, stamp, given: givenOf(now.numbers()) }];
          });
          const results = outputs.map(() => ++names);
          tell({ kind: 'run', plan, inputs: given, weights: moved, results });
          for (const { id, stamp } of moved) kept.set(id, { plans: 1, ...kept.get(id), stamp });
          return outputs.map((value, i) => heldThere(results[i] ?? 0, value));
        },
        time: elsewhere('what runs the commands one by one'),
        text: elsewhere('the list of commands'),
        bytes: () => bytesOf(plan),
        dispose: () => tell({ kind: 'drop', plan, forget: dropWeights(ids) }),
      };
    },
  };
}
