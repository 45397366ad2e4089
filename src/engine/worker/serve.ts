import type { Held, HostTensor, ReadWeight } from '../../trace/target.ts';
import { lowerings } from '../lower/lowerings.ts';
import { makeEngine } from '../makeEngine.ts';
import type { EnginePrepared } from '../run/prepared.ts';
import type { WasmEngine } from '../wasmEngine.ts';
import {
  type Answer,
  errorOf,
  type Failure,
  failureOf,
  type Given,
  type GivenWeight,
  idOf,
  type Request,
  received,
  type WeightId,
} from './wire.ts';

/** Answers with the numbers in `moved` given away rather than copied. */
export type Post = (answer: Answer, moved?: readonly ArrayBuffer[]) => void;

/**
 * The engine of a worker: does what it is told, in order. What fails is told to whoever reads what it should have made.
 */
export function serve(post: Post): (request: Request) => void {
  let engine: WasmEngine | undefined;
  const plans = new Map<number, EnginePrepared | Failure>();
  const held = new Map<number, Held | Failure>();
  const weights = new Map<number, WeightId>();
  /** What each weight is now: what is folded of several is made again of all of them where one has moved. */
  const current = new Map<number, GivenWeight>();

  const started = (): WasmEngine => {
    if (engine === undefined) throw new Error('engine: its worker was not started');
    return engine;
  };
  const known = <T extends object>(of: ReadonlyMap<number, T | Failure>, id: number, what: string): T => {
    const found = of.get(id);
    if (found === undefined) throw new Error(`engine: ${what} was disposed`);
    if ('message' in found) throw errorOf(found);
    return found;
  };
  const numbersOf = (given: Given): HostTensor | Held =>
    'held' in given ? { ...known<Held>(held, given.held, 'a tensor'), lent: given.lent } : given;

  const weightNow: ReadWeight = (value) => {
    const now = current.get(idOf(value));
    if (now === undefined) throw new Error(`engine: the numbers of ${value.name} did not come`);
    return { stamp: now.stamp, numbers: () => numbersOf(now.given) };
  };

  const answer = (request: Request): void => {
    switch (request.kind) {
      case 'start':
        makeEngine(request)
          .then((made) => {
            engine = made;
            post({ kind: 'started', kernels: Object.keys(lowerings) });
          })
          .catch((error: unknown) => post({ kind: 'failed', error: failureOf(error) }));
        return;
      case 'prepare':
        try {
          const prepared = started().prepare(received(request.graph, weights), request.donated);
          plans.set(request.plan, prepared);
          post({ kind: 'planned', plan: request.plan, bytes: prepared.bytes() });
        } catch (error) {
          plans.set(request.plan, failureOf(error)); // told by every run
        }
        return;
      case 'run':
        try {
          for (const moved of request.weights) current.set(moved.id, moved);
          const made = known(plans, request.plan, 'a plan').run(request.inputs.map(numbersOf), weightNow);
          for (const [i, id] of request.results.entries()) held.set(id, made[i] as Held);
        } catch (error) {
          for (const id of request.results) held.set(id, failureOf(error));
        }
        return;
      case 'free':
        for (const id of request.held) {
          const found = held.get(id);
          if (found && 'dispose' in found) found.dispose();
          held.delete(id);
        }
        return;
      case 'drop': {
        const plan = plans.get(request.plan);
        if (plan && 'dispose' in plan) plan.dispose();
        plans.delete(request.plan);
        for (const id of request.forget) {
          current.delete(id);
          weights.delete(id);
        }
        return;
      }
      case 'read': {
        const numbers = known<Held>(held, request.held, 'a tensor').read();
        post({ kind: 'answer', call: request.call, value: numbers }, [numbers.buffer as ArrayBuffer]); // a copy of its own
        return;
      }
      case 'memory':
        post({ kind: 'answer', call: request.call, value: started().memory() });
    }
  };
  return (request) => {
    try {
      answer(request);
    } catch (error) {
      if ('call' in request) post({ kind: 'refused', call: request.call, error: failureOf(error) });
      else post({ kind: 'failed', error: failureOf(error) });
    }
  };
}
