import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { heldOf, isAlone, tensorOf } from '../tfjs/heldBackend.ts';
import type { Graph, WeightValue } from './graph.ts';
import { lower } from './lower.ts';
import { simplify } from './optimize.ts';
import type { Plan } from './plan.ts';
import type { CommandTime, Held, HostTensor, LocalTarget, WeightNumbers } from './target.ts';

/** A plan on a local target. */
export interface LocalPlan extends Plan {
  /** Runs it command by command, so many times. */
  readonly time: (inputs: readonly Tensor[], rounds: number) => readonly CommandTime[];
  /** Its commands as text. */
  readonly text: () => string;
}

/** What a call gives away. */
export interface Donation {
  /**
   * Paths of inputs, or of what they are in, as `weights`: the memory of each may become that of the result of the same path, shape
   * and type. It then has the same numbers; dispose it, and go on with the result. One that another tensor shares stays as it is.
   */
  readonly inputs: readonly string[];
  /** Paths of results, or of what they are in, that must be finite; where they are not, every input stays as it is. Default none. */
  readonly ifFinite?: readonly string[];
}

/** A graph on a local target, as a plan over tensors. @throws MissingKernel */
export function localPlan(
  graph: Graph,
  keeps: readonly boolean[],
  { target, donate }: { readonly target: LocalTarget; readonly donate?: Donation | undefined },
): LocalPlan {
  const lowered = lower(simplify(graph), target.keeps);
  const names = namesIn(lowered.inputs.keys(), donate?.inputs);
  const ifFinite = namesIn(lowered.outputs.keys(), donate?.ifFinite);
  const donated = [...lowered.inputs.keys()].map((name) => names.has(name));
  const { run, time, text, bytes, dispose } = target.prepare(lowered, { names, ifFinite });
  const given = (value: Tensor, i: number): HostTensor | Held => {
    const numbers = numbersOf(value);
    return donated[i] && 'owner' in numbers && !isAlone(value) ? { ...numbers, lent: true } : numbers;
  };
  return {
    graph: lowered,
    run: (inputs) =>
      run(inputs.map(given), weightNumbers).map((held, i) => {
        const made = tensorOf(held);
        return keeps[i] ? keep(made) : made;
      }),
    time: (inputs, rounds) => time(inputs.map(numbersOf), weightNumbers, rounds),
    text,
    bytes,
    dispose,
  };
}

/** Names at paths or below them. */
const namesIn = (names: Iterable<string>, paths: readonly string[] = []): ReadonlySet<string> =>
  new Set([...names].filter((name) => paths.some((path) => name === path || name.startsWith(`${path}/`))));

const hostNumbers = (value: Tensor): HostTensor => ({
  numbers: value.dataSync(),
  shape: value.shape,
  dtype: value.dtype,
});

/** Numbers where they are: in a target's memory, or on the host. */
const numbersOf = (value: Tensor): HostTensor | Held => heldOf(value) ?? hostNumbers(value);

/** Of the tensor bound to a weight, or its own. */
function weightNumbers({ weight, shape }: WeightValue): WeightNumbers {
  const tensor = weight.as([...shape] as [number]);
  return { stamp: tensor.dataId, numbers: () => numbersOf(tensor) };
}
