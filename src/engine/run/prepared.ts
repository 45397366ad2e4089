import type { Graph } from '../../trace/graph.ts';
import type { Held, HostTensor, LocalPrepared, ReadWeight } from '../../trace/target.ts';
import { type Buffer, type Operand, product } from '../plan/emit.ts';
import type { EnginePlan } from '../plan/planner.ts';
import { planText } from '../plan/planText.ts';
import { encode } from '../plan/section.ts';
import { granted, type Heap } from './heap.ts';
import { bring, heldAt, hold, isHere, put } from './numbers.ts';
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
    /** Its list of commands, constants, and inputs that come from elsewhere. */
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

/** What a plan has in memory for itself alone. */
interface Own {
  readonly commands: number;
  readonly constants: ReadonlyMap<Buffer, number>;
  /** Address of the arena that its commands were written for. */
  base: number;
  /** Of inputs that came from elsewhere, by their buffer: taken when first needed. */
  readonly staging: Map<Buffer, number>;
}

const grantedFor = (buffers: Iterable<Buffer>) => [...buffers].reduce((sum, { bytes }) => sum + granted(bytes), 0);

/** Makes a plan something that runs. It takes its bytes at the first run, all or none. */
export function prepared(plan: EnginePlan, { heap, store, arena, run }: Shared): EnginePrepared {
  const { main, standing } = plan;
  const { constants } = main;
  const values = { inputs: [...plan.graph.inputs.values()], outputs: [...plan.graph.outputs.values()] };
  const length = main.steps.reduce((sum, { words }) => sum + 4 * (words.length + 2), 0);
  const ownBytes = granted(length) + grantedFor(constants.keys()) + grantedFor(plan.inputs.map(({ buffer }) => buffer));
  const kept = new Map(standing.map((one) => [one.buffer, one]));
  const most = Math.max(plan.arena.bytes, ...standing.map((one) => one.arena.bytes));
  const spots = spotsOf(plan);
  const inputBuffers = new Set(plan.inputs.map(({ buffer }) => buffer));
  let own: Own | undefined;

  const take = (): Own => {
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
      own = { commands, constants: places, base: -1, staging: new Map() };
      return own;
    } catch (error) {
      for (const at of taken) heap.give(at);
      store.give(standing);
      throw error;
    }
  };

  const giveBack = () => {
    if (own === undefined) return;
    heap.give(own.commands);
    for (const at of [...own.constants.values(), ...own.staging.values()]) heap.give(at);
    store.give(standing);
    own = undefined;
  };

  /** Everything in memory but the inputs; the address of each operand. */
  const place = (mine: Own, weights: ReadWeight) => {
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
    return addressOf;
  };

  const enter = (inputs: readonly (HostTensor | Held)[], weights: ReadWeight) => {
    check(inputs);
    const first = own === undefined;
    try {
      return filled(inputs, weights);
    } catch (error) {
      if (first) giveBack(); // all or none
      throw error;
    }
  };
  const check = (inputs: readonly (HostTensor | Held)[]) => {
    for (const [i, { shape, dtype, name }] of values.inputs.entries()) {
      const given = inputs[i];
      if (given === undefined || `${given.shape}` !== `${shape}` || given.dtype !== dtype)
        throw new TypeError(
          `engine: ${name} must be ${dtype} [${shape}], but ${given ? `${given.dtype} [${given.shape}]` : 'nothing'} was given`,
        );
      if ('numbers' in given && given.numbers.length !== product(shape))
        throw new RangeError(
          `engine: ${name} is [${shape}], ${product(shape)} numbers, but ${given.numbers.length} were given`,
        );
    }
  };
  const filled = (inputs: readonly (HostTensor | Held)[], weights: ReadWeight) => {
    const mine = take();
    const addressOf = place(mine, weights);
    const now = new Map<Buffer, number>();
    for (const [i, { buffer }] of plan.inputs.entries()) {
      const given = inputs[i];
      if (given && isHere(heap, given)) now.set(buffer, given.address);
      else if (given) {
        const at = mine.staging.get(buffer) ?? heap.take(buffer.bytes, buffer.name);
        mine.staging.set(buffer, at);
        bring(heap, at, given);
        now.set(buffer, at);
      }
    }
    const taken: number[] = [];
    try {
      for (const { buffer } of plan.outputs)
        if (plan.outside.has(buffer) && !now.has(buffer)) {
          const at = heap.take(buffer.bytes, buffer.name);
          taken.push(at);
          now.set(buffer, at);
        }
    } catch (error) {
      for (const at of taken) heap.give(at);
      throw error;
    }
    const words = heap.words();
    for (const { buffer, index, offset } of spots)
      words[(mine.commands >>> 2) + index] = (now.get(buffer) ?? 0) + offset;
    const at = ({ buffer, offset }: Operand) => (now.get(buffer) ?? addressOf(buffer)) + offset;
    return { mine, at, free: () => taken.forEach(heap.give) };
  };

  return {
    graph: plan.graph,
    planned: {
      arena: most,
      weights: grantedFor(standing.map(({ buffer }) => buffer)),
      own: ownBytes,
    },
    text: () => planText(plan),
    bytes: () => ownBytes,
    run: (inputs, weights) => {
      const { mine, at, free } = enter(inputs, weights);
      const copies: Held[] = [];
      try {
        run(mine.commands, main.steps.length);
        return values.outputs.map((value, i) => {
          const from = plan.outputs[i] as Operand;
          if (plan.outside.has(from.buffer) && !inputBuffers.has(from.buffer)) return heldAt(heap, at(from), value);
          const copy = hold(heap, at(from), value);
          copies.push(copy);
          return copy;
        });
      } catch (error) {
        free();
        for (const copy of copies) copy.dispose();
        throw error;
      }
    },
    time: (inputs, weights, rounds) => {
      const least = main.steps.map(() => Number.POSITIVE_INFINITY);
      for (let round = 0; round < rounds; round++) {
        const { mine, free } = enter(inputs, weights);
        let command = mine.commands;
        for (const [i, { words }] of main.steps.entries()) {
          const start = performance.now();
          run(command, 1);
          least[i] = Math.min(least[i] ?? 0, performance.now() - start);
          command += 4 * (words.length + 2);
        }
        free();
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
    dispose: giveBack,
  };
}

/** Words of the commands that are addresses of what lies outside of the arena. */
function spotsOf({ main, outside }: EnginePlan) {
  const spots: { readonly buffer: Buffer; readonly index: number; readonly offset: number }[] = [];
  let index = 0;
  for (const { words } of main.steps) {
    index += 2;
    for (const word of words) {
      if (typeof word === 'object' && 'buffer' in word && outside.has(word.buffer)) spots.push({ ...word, index });
      index++;
    }
  }
  return spots;
}
