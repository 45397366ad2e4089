import type { Graph } from '../../trace/graph.ts';
import type { Held, HostTensor, LocalPrepared, ReadWeight } from '../../trace/target.ts';
import type { Buffer, Operand } from '../plan/emit.ts';
import type { EnginePlan } from '../plan/planner.ts';
import { planText } from '../plan/planText.ts';
import { encode } from '../plan/section.ts';
import type { Heap } from './heap.ts';
import { bring, hold, put } from './numbers.ts';
import type { Store } from './store.ts';

/** A graph in an engine. */
export interface EnginePrepared extends LocalPrepared {
  /** As it runs, after every pass. */
  readonly graph: Graph;
  /** Bytes that it needs: known before any is taken. */
  readonly planned: {
    /** Shared by all plans of the engine, which run one at a time. */
    readonly arena: number;
    /** Folded and packed weights, shared with plans that read the same. */
    readonly weights: number;
    /** Its list of commands, and constants. */
    readonly own: number;
  };
}

/** What plans of an engine share. */
export interface Shared {
  readonly heap: Heap;
  readonly store: Store;
  /** Address of the arena, moved where it has to grow. */
  readonly arena: (bytes: number) => number;
  readonly run: (at: number, count: number) => void;
}

const numbersIn = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Makes a plan something that runs. It takes its bytes at the first run, all or none. */
export function prepared(plan: EnginePlan, { heap, store, arena, run }: Shared): EnginePrepared {
  const { main, standing } = plan;
  const { constants } = main;
  const values = { inputs: [...plan.graph.inputs.values()], outputs: [...plan.graph.outputs.values()] };
  const length = main.steps.reduce((sum, { words }) => sum + 4 * (words.length + 2), 0);
  const constantBytes = [...constants.keys()].reduce(
    (sum, { bytes }) => sum + Math.max(64, Math.ceil(bytes / 64) * 64),
    0,
  );
  const kept = new Map(standing.map((one) => [one.buffer, one]));
  let own: { readonly commands: number; readonly constants: ReadonlyMap<Buffer, number>; base: number } | undefined;

  const take = () => {
    if (own) return own;
    store.take(standing);
    const taken: number[] = [];
    const takes = (bytes: number, what: string) => {
      const at = heap.take(bytes, what);
      taken.push(at);
      return at;
    };
    try {
      const commands = takes(length, 'a list of commands');
      const places = new Map(
        [...constants].map(([buffer, numbers]) => {
          const at = takes(buffer.bytes, buffer.name);
          put(heap, at, numbers);
          return [buffer, at];
        }),
      );
      own = { commands, constants: places, base: -1 };
      return own;
    } catch (error) {
      for (const at of taken) heap.give(at);
      store.give(standing);
      throw error;
    }
  };

  /** Everything in memory but the inputs; the address of each operand. */
  const ready = (weights: ReadWeight) => {
    const mine = take();
    const most = Math.max(plan.arena.bytes, ...standing.map((one) => one.arena.bytes));
    const base = arena(most);
    const addressOf = (buffer: Buffer): number => {
      const one = kept.get(buffer);
      if (one) return store.addressOf(one);
      return mine.constants.get(buffer) ?? base + (plan.arena.offsets.get(buffer) ?? 0);
    };
    if (mine.base !== base) {
      heap.words().set(encode(main.steps, addressOf), mine.commands >>> 2);
      mine.base = base;
    }
    store.refresh(standing, weights);
    return { mine, at: ({ buffer, offset }: Operand) => addressOf(buffer) + offset };
  };

  const enter = (inputs: readonly (HostTensor | Held)[], weights: ReadWeight) => {
    for (const [i, { shape, dtype, name }] of values.inputs.entries()) {
      const given = inputs[i];
      if (given === undefined || `${given.shape}` !== `${shape}` || given.dtype !== dtype)
        throw new TypeError(
          `engine: ${name} must be ${dtype} [${shape}], but ${given ? `${given.dtype} [${given.shape}]` : 'nothing'} was given`,
        );
      if ('numbers' in given && given.numbers.length !== numbersIn(shape))
        throw new RangeError(
          `engine: ${name} is [${shape}], ${numbersIn(shape)} numbers, but ${given.numbers.length} were given`,
        );
    }
    const now = ready(weights);
    for (const [i, operand] of plan.inputs.entries()) {
      const given = inputs[i];
      if (operand && given) bring(heap, now.at(operand), given);
    }
    return now;
  };

  return {
    graph: plan.graph,
    planned: {
      arena: Math.max(plan.arena.bytes, ...standing.map((one) => one.arena.bytes)),
      weights: standing.reduce((sum, { buffer }) => sum + Math.max(64, Math.ceil(buffer.bytes / 64) * 64), 0),
      own: Math.max(64, Math.ceil(length / 64) * 64) + constantBytes,
    },
    text: () => planText(plan),
    bytes: () => length + constantBytes,
    run: (inputs, weights) => {
      const { mine, at } = enter(inputs, weights);
      run(mine.commands, main.steps.length);
      const made: Held[] = [];
      try {
        for (const [i, value] of values.outputs.entries()) made.push(hold(heap, at(plan.outputs[i] as Operand), value));
        return made;
      } catch (error) {
        for (const held of made) held.dispose();
        throw error;
      }
    },
    time: (inputs, weights, rounds) => {
      const least = main.steps.map(() => Number.POSITIVE_INFINITY);
      for (let round = 0; round < rounds; round++) {
        let command = enter(inputs, weights).mine.commands;
        for (const [i, { words }] of main.steps.entries()) {
          const start = performance.now();
          run(command, 1);
          least[i] = Math.min(least[i] ?? 0, performance.now() - start);
          command += 4 * (words.length + 2);
        }
      }
      return main.steps.map(({ name, place, shape, madds, traffic, fused = [] }, i) => ({
        name,
        place,
        shape,
        milliseconds: least[i] ?? 0,
        madds,
        traffic,
        fused,
      }));
    },
    dispose: () => {
      if (own === undefined) return;
      heap.give(own.commands);
      for (const at of own.constants.values()) heap.give(at);
      store.give(standing);
      own = undefined;
    },
  };
}
