import type { DataId } from '@tensorflow/tfjs-core';
import type { HasParts } from '../core/block.ts';
import type { CallForm, ResultForm } from './callForm.ts';
import { foldConstants } from './foldConstants.ts';
import { type ConstantValue, type Graph, type Value, type WeightValue, weightsOf } from './graph.ts';
import { lower } from './lower.ts';
import { simplify } from './optimize.ts';
import { recordCall } from './recordCall.ts';
import { rereading } from './rewrite.ts';
import type { HostTensor, Prepared, Target } from './target.ts';

/** What is known of one form of call. */
export interface Traced {
  readonly graph: Graph;
  readonly results: ResultForm;
  readonly weights: readonly WeightValue[];
}

/** One graph with the weights of one moment; calls run one after the other. */
export interface Session {
  readonly stamps: readonly DataId[];
  /** Rejected where the target cannot run it. */
  readonly ready: Promise<unknown>;
  readonly run: (inputs: Promise<readonly HostTensor[]>) => Promise<readonly HostTensor[]>;
  readonly dispose: () => Promise<void>;
}

/** Traces a call for a target. */
export function traceFor(
  call: (...args: readonly unknown[]) => unknown,
  form: CallForm,
  target: Target,
  options: { readonly label: string; readonly root?: HasParts },
): Traced {
  const { graph, results } = recordCall(call, form, options);
  const lowered = lower(simplify(graph), target.keeps);
  return { graph: lowered, results, weights: weightsOf(lowered) };
}

/** Hands a graph over with the numbers that its weights have now. */
export function openSession({ graph, weights }: Traced, stamps: readonly DataId[], target: Target): Session {
  const constants = new Map<Value, ConstantValue>();
  for (const value of weights) {
    const { weight, ...form } = value;
    const numbers = weight
      .as([...form.shape] as [number])
      .dataSync()
      .slice(); // the bound ones, if some are
    constants.set(value, { ...form, kind: 'constant', numbers });
  }
  const ready = foldConstants(rereading(graph, (value) => constants.get(value) ?? value));
  const prepared: Promise<Prepared> = target.prepare(ready);
  let last: Promise<unknown> = prepared;
  return {
    stamps,
    ready: prepared,
    run: (inputs) => {
      const made = last.catch(() => undefined).then(async () => (await prepared).run(await inputs));
      last = made;
      return made;
    },
    dispose: async () => {
      await last.catch(() => undefined);
      await prepared.then(
        ({ dispose }) => dispose(),
        () => undefined, // it was never ready, as whoever called was told
      );
    },
  };
}
