import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type HasParts, isBlock } from '../core/block.ts';
import { isRecorded } from '../tfjs/running.ts';
import { type CallForm, formOf } from './callForm.ts';
import type { HostTensor, Target } from './target.ts';
import { openSession, type Session, type Traced, traceFor } from './targetSession.ts';

export interface CompileTargetOptions {
  /** Where it runs: `onnxRuntime()`. */
  readonly target: Target;
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
  /** Forms of calls that are kept ready, of which the oldest goes. Default 4. */
  readonly plans?: number;
  /** Who asks, for errors. Default `compile`. */
  readonly label?: string;
}

/** The same function, later. What it gives is new and the caller's. */
export type CompiledFor<F extends (...args: never[]) => unknown> = ((
  ...args: Parameters<F>
) => Promise<Awaited<ReturnType<F>>>) & {
  /** Frees what its plans keep, after the calls under way. It may be called again, and then plans anew. */
  readonly dispose: () => Promise<void>;
};

/**
 * Makes a function run elsewhere: the first call for shapes and types traces and optimises it and hands it over, the next
 * ones only run. Since that takes time of its own, it gives a promise. A weight that has moved since is handed over anew.
 * Calls of one form run in their order.
 *
 * @throws Error inside of a gradient or a trace, and for a kernel that the target has not, naming its place; what `compile`
 *   throws. The promise is rejected with it.
 */
export function compileTarget<F extends (...args: never[]) => unknown>(
  fn: F,
  { target, root = isBlock(fn) ? fn : undefined, plans: most = 4, label = 'compile' }: CompileTargetOptions,
): CompiledFor<F> {
  const call = fn as unknown as (...args: readonly unknown[]) => unknown;
  const plans = new Map<string, { readonly traced: Traced; readonly session: Session }>();

  const planFor = (form: CallForm) => {
    const known = plans.get(form.key);
    const traced = known?.traced ?? traceFor(call, form, target, { label, ...(root && { root }) });
    const stamps = traced.weights.map(({ weight, shape }) => weight.as([...shape] as [number]).dataId);
    const fresh = known && stamps.every((stamp, i) => stamp === known.session.stamps[i]);
    const plan = fresh ? known : { traced, session: openSession(traced, stamps, target) };
    if (known && !fresh) void known.session.dispose();
    plans.delete(form.key); // the last used goes last
    plans.set(form.key, plan);
    plan.session.ready.catch(() => {
      if (plans.get(form.key) === plan) plans.delete(form.key); // the next call tries again
    });
    return plan;
  };
  const drop = () => {
    for (const [key, { session }] of plans) {
      if (plans.size <= most) return;
      plans.delete(key);
      void session.dispose();
    }
  };

  const compiled = async (...args: readonly unknown[]): Promise<unknown> => {
    if (isRecorded())
      throw new Error(
        `${label}: ${target.name} computes elsewhere and later; call the function itself in gradients and traces`,
      );
    const form = formOf(args, label);
    const inputs = Promise.all(form.tensors.map(hostTensor)); // read now: the caller may dispose them when this returns
    const { traced, session } = planFor(form);
    drop();
    const made = await session.run(inputs);
    return traced.results.of(made.map(({ numbers, shape, dtype }) => tensor(numbers, [...shape], dtype)));
  };
  const dispose = async () => {
    const all = [...plans.values()];
    plans.clear();
    await Promise.all(all.map(({ session }) => session.dispose()));
  };
  return Object.assign(compiled, { dispose }) as unknown as CompiledFor<F>;
}

async function hostTensor(value: Tensor): Promise<HostTensor> {
  const { shape, dtype } = value;
  return { numbers: await value.data(), shape: [...shape], dtype };
}
