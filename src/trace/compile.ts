import { backend, getBackend } from '@tensorflow/tfjs-core';
import { factsOf, type HasParts, isBlock } from '../core/block.ts';
import { isRecorded } from '../tfjs/running.ts';
import { userLine, withLongStacks } from '../tfjs/sourceLine.ts';
import { type CallForm, formOf, type ResultForm } from './callForm.ts';
import { type CompiledFor, type CompileTargetOptions, compileTarget } from './compileTarget.ts';
import { type Graph, type WeightValue, weightsOf } from './graph.ts';
import { type Donation, localPlan } from './localPlan.ts';
import { forBackend, type Plan, plan } from './plan.ts';
import { recordCall } from './recordCall.ts';
import { type LocalTarget, MissingKernel } from './target.ts';

export interface CompileOptions {
  /** The model whose blocks name the places. Default: the function itself, if it is a block. */
  readonly root?: HasParts;
  /** Bytes that plans may keep: commands, constants, and filters folded and packed. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Who asks, for errors. Default `compile`. */
  readonly label?: string;
  /** Our engine: `await wasmEngine()`. Default: the current backend. */
  readonly target?: LocalTarget;
  /** What our engine may write results over, so that they take no memory of their own. Default nothing. */
  readonly donate?: Donation;
  /** Hears once why a function runs on the current backend although it has a target: a kernel that the target lacks. Default: a warning. */
  readonly onFallback?: (reason: string) => void;
}

/** What a compiled function can do besides being called. */
export interface Compiled {
  /** Frees what its plans keep. It may be called again, and then plans anew. */
  readonly dispose: () => void;
  /** The graphs of the plans that it has, the one that was used last at the end: as they run, for `formatGraph`. */
  readonly graphs: () => readonly Graph[];
}

/** A plan, and how results are put into it. */
interface Ready {
  readonly plan: Plan;
  readonly results: ResultForm;
  /** Whether blocks and weights are frozen as they were when it was traced. */
  readonly holds: () => boolean;
}

/**
 * Makes a function of tensors faster: the first call for shapes and types traces and optimises it, the next ones run its
 * kernels on the current backend, each tensor freed at its last use. What it gives is new and the caller's; a result that
 * the function keeps (`tf.keep`) is kept. Same type, same parts: a compiled detector is one.
 *
 * Weights are read at each call, bound ones too; what is folded of them is made again when they move, and a plan when a
 * block is frozen or no longer. Anything else that is no tensor (numbers, texts, keys of maps) belongs to the plan: another
 * one makes another plan, and in a result it is the same as in the first. Random numbers that are drawn inside, and tensors
 * from outside, are constants.
 *
 * Inside of `tf.grads` and of a trace the function itself runs, so that gradients are right; to differentiate fast,
 * compile the function that takes the gradient, as `compile(trainStep(...))`.
 *
 * With our engine as the `target` it runs there, and nothing else changes; where that lacks a kernel, it says so once and
 * runs on the current backend. With another one, such as `onnxRuntime()`, it gives a promise.
 *
 * @throws Error for numbers that are read, and kernels whose shapes depend on them, naming the block and the line;
 *   TypeError for inputs that are neither tensors nor lists, records and maps of them; what the function throws
 */
export function compile<F extends (...args: never[]) => unknown>(fn: F, options?: CompileOptions): F & Compiled;
export function compile<F extends (...args: never[]) => unknown>(fn: F, options: CompileTargetOptions): CompiledFor<F>;
export function compile<F extends (...args: never[]) => unknown>(
  fn: F,
  options: CompileOptions | CompileTargetOptions = {},
): (F & Compiled) | CompiledFor<F> {
  if (isElsewhere(options)) return compileTarget(fn, options);
  const { label = 'compile', root = isBlock(fn) ? fn : undefined, maxBytes = 2 ** 30, target, donate } = options;
  const { onFallback = (reason) => console.warn(reason) } = options;
  const plans = new Map<string, Ready>();
  const call = fn as unknown as (...args: readonly unknown[]) => unknown;

  const prepare = (form: CallForm): Ready => {
    const { graph, blocks, results } = traced(() => recordCall(call, form, { label, ...(root && { root }) }));
    return { plan: planFor(graph, results.keeps), results, holds: asFrozen(blocks, weightsOf(graph)) };
  };
  let fell = false;
  const planFor = (graph: Graph, keeps: readonly boolean[]): Plan => {
    if (target)
      try {
        return localPlan(graph, keeps, { target, donate });
      } catch (error) {
        if (!(error instanceof MissingKernel)) throw error;
        if (!fell) onFallback(`${label}: ${error.message}; it runs on ${getBackend()} instead`);
        fell = true;
      }
    return plan(forBackend(graph), keeps);
  };
  const drop = () => {
    let bytes = [...plans.values()].reduce((sum, ready) => sum + ready.plan.bytes(), 0);
    for (const [key, ready] of plans) {
      if (bytes <= maxBytes || plans.size === 1) return;
      bytes -= ready.plan.bytes();
      ready.plan.dispose();
      plans.delete(key);
    }
  };

  const compiled = (...args: readonly unknown[]): unknown => {
    if (isRecorded()) return call(...args);
    const form = formOf(args, label);
    backend(); // starts it, if nobody has
    const key = `${getBackend()} ${form.key}`;
    const found = plans.get(key);
    const known = found?.holds() ? found : undefined;
    if (known === undefined) found?.plan.dispose();
    const ready = known ?? prepare(form);
    plans.delete(key); // the last used goes last
    plans.set(key, ready);
    const made = ready.plan.run(form.tensors);
    if (known === undefined) drop();
    return ready.results.of(made);
  };
  const dispose = () => {
    for (const { plan: old } of plans.values()) old.dispose();
    plans.clear();
  };
  const graphs = () => [...plans.values()].map((ready) => ready.plan.graph);
  return Object.assign(compiled, fn, { dispose, graphs }) as unknown as F & Compiled;
}

const isElsewhere = (options: CompileOptions | CompileTargetOptions): options is CompileTargetOptions =>
  options.target !== undefined && !('local' in options.target);

/** Says whether blocks and weights are still frozen as they are now. */
function asFrozen(blocks: Iterable<HasParts>, weights: readonly WeightValue[]): () => boolean {
  const statistics = [...blocks].map((of) => ({ facts: factsOf(of), was: factsOf(of).statistics }));
  const trained = weights.map(({ weight }) => ({ weight, was: weight.trainable }));
  return () =>
    statistics.every(({ facts, was }) => facts.statistics === was) &&
    trained.every(({ weight, was }) => weight.trainable === was);
}

/** Runs a trace; its errors say the line of the user's code. */
function traced<T>(run: () => T): T {
  return withLongStacks(() => {
    try {
      return run();
    } catch (error) {
      if (error instanceof Error) {
        const inner = error.cause instanceof Error ? error.cause : error;
        const line = userLine(inner.stack);
        if (line !== undefined) error.message += ` (at ${line})`;
      }
      throw error;
    }
  });
}
