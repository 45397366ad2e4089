import type { Graph } from '../../trace/graph.ts';
import type { Held, HostTensor, LocalPrepared, ReadWeight } from '../../trace/target.ts';
import { type Buffer, type Operand, product } from '../plan/emit.ts';
import { type Planned, plannedOf, wordBytes } from '../plan/planned.ts';
import type { EnginePlan } from '../plan/planner.ts';
import { planText } from '../plan/planText.ts';
import { encode } from '../plan/section.ts';
import type { Heap } from './heap.ts';
import { put } from './numbers.ts';
import { mayWrite, outsideOf } from './outside.ts';
import type { Store } from './store.ts';

/** A graph in an engine. */
export interface EnginePrepared extends LocalPrepared {
  /** As it runs, after every pass. */
  readonly graph: Graph;
  readonly planned: Planned;
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

/** Makes a plan something that runs. It takes its bytes at the first run, all or none. */
export function prepared(plan: EnginePlan, { heap, store, arena, run }: Shared): EnginePrepared {
  const { main, standing } = plan;
  const { constants } = main;
  const wanted = [...plan.graph.inputs.values()];
  const planned = plannedOf(plan);
  const most = planned.arena;
  const kept = new Map(standing.map((one) => [one.buffer, one]));
  const spots = spotsOf(plan);
  const tried = plan.donated.size > 0 ? plan.trial.steps : 0;
  const triedBytes = wordBytes(main.steps.slice(0, tried));
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
      const commands = takes(wordBytes(main.steps), 'a list of commands');
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
    store.refresh(standing, weights, most);
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
    for (const [i, { shape, dtype, name }] of wanted.entries()) {
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
    const outside = outsideOf(plan, inputs, heap, mine.staging);
    const point = () => {
      const words = heap.words();
      for (const { buffer, index, offset } of spots)
        words[(mine.commands >>> 2) + index] = (outside.addressOf(buffer) ?? 0) + offset;
    };
    point();
    const at = ({ buffer, offset }: Operand) => (outside.addressOf(buffer) ?? addressOf(buffer)) + offset;
    return { mine, at, outside, point };
  };

  return {
    graph: plan.graph,
    planned,
    text: () => planText(plan),
    bytes: () => planned.own + (own ? store.shareOf(standing) : 0),
    run: (inputs, weights) => {
      const { mine, at, outside, point } = enter(inputs, weights);
      try {
        if (tried > 0) run(mine.commands, tried);
        if (tried > 0 && !mayWrite(plan, heap, at)) {
          outside.spare();
          point();
        }
        run(mine.commands + triedBytes, main.steps.length - tried);
        return outside.results(at);
      } catch (error) {
        outside.free();
        throw error;
      }
    },
    time: (inputs, weights, rounds) => {
      const least = main.steps.map(() => Number.POSITIVE_INFINITY);
      for (let round = 0; round < rounds; round++) {
        const { mine, outside } = enter(inputs, weights);
        let command = mine.commands;
        for (const [i, { words }] of main.steps.entries()) {
          const start = performance.now();
          run(command, 1);
          least[i] = Math.min(least[i] ?? 0, performance.now() - start);
          command += 4 * (words.length + 2);
        }
        outside.free();
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
