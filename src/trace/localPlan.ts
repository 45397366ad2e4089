import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { heldOf, tensorOf } from '../tfjs/heldBackend.ts';
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

/** A graph on a local target, as a plan over tensors. @throws MissingKernel */
export function localPlan(graph: Graph, keeps: readonly boolean[], target: LocalTarget): LocalPlan {
  const lowered = lower(simplify(graph), target.keeps);
  const { run, time, text, bytes, dispose } = target.prepare(lowered);
  return {
    graph: lowered,
    run: (inputs) =>
      run(inputs.map(numbersOf), weightNumbers).map((held, i) => {
        const made = tensorOf(held);
        return keeps[i] ? keep(made) : made;
      }),
    time: (inputs, rounds) => time(inputs.map(numbersOf), weightNumbers, rounds),
    text,
    bytes,
    dispose,
  };
}

/** Numbers where they are: in a target's memory, or on the host. */
const numbersOf = (value: Tensor): HostTensor | Held =>
  heldOf(value) ?? { numbers: value.dataSync(), shape: value.shape, dtype: value.dtype };

/** Of the tensor bound to a weight, or its own. */
function weightNumbers({ weight, shape }: WeightValue): WeightNumbers {
  const tensor = weight.as([...shape] as [number]);
  return { stamp: tensor.dataId, numbers: () => numbersOf(tensor) };
}
