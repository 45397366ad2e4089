import type { Value } from '../../trace/graph.ts';
import type { Held, HostTensor, ReadWeight } from '../../trace/target.ts';
import { aligned, granted } from '../plan/arena.ts';
import type { Buffer } from '../plan/emit.ts';
import type { Standing } from '../plan/planner.ts';
import { encode } from '../plan/section.ts';
import { constantNumbers } from './constantNumbers.ts';
import type { Heap } from './heap.ts';
import { bring, put } from './numbers.ts';

/** What weights were made into, in memory. */
interface Kept {
  readonly address: number;
  users: number;
  /** Of the weights that it was made of, in their order. */
  stamps: readonly unknown[] | undefined;
}

/** Folded and packed weights of an engine, each once for all plans. */
export interface Store {
  /** Makes room. @throws RangeError where there is none; nothing is taken then */
  readonly take: (standing: readonly Standing[]) => void;
  readonly give: (standing: readonly Standing[]) => void;
  readonly addressOf: (standing: Standing) => number;
  /** Bytes of them, of what others use too a part. */
  readonly shareOf: (standing: readonly Standing[]) => number;
  /** Makes what is older than its weights, as much at once as there is room for in the arena. */
  readonly refresh: (standing: readonly Standing[], weights: ReadWeight, room: number) => void;
}

/**
 * @param arena address of an arena of at least so many bytes
 * @param run runs commands at an address
 */
export function storeIn(
  heap: Heap,
  { arena, run }: { arena: (bytes: number) => number; run: (at: number, count: number) => void },
): Store {
  const held = new Map<string, Kept>();
  const of = ({ key }: Standing): Kept => {
    const kept = held.get(key);
    if (kept === undefined) throw new Error(`engine: ${key} was given back`);
    return kept;
  };

  /** Makes some, each in a part of the arena of its own, by one list of commands. */
  const make = (some: readonly Standing[], weights: ReadWeight) => {
    const base = arena(some.reduce((sum, one) => sum + aligned(one.arena.bytes), 0));
    const lists: Int32Array[] = [];
    let [from, count] = [base, 0];
    for (const one of some) {
      const { section, buffer, arena: layout } = one;
      const start = from;
      const addressOf = (other: Buffer) =>
        other === buffer ? of(one).address : start + (layout.offsets.get(other) ?? 0);
      for (const [value, { buffer: to, offset }] of section.given)
        bring(heap, addressOf(to) + offset, numbersOf(value, weights));
      for (const [to, numbers] of section.constants) put(heap, addressOf(to), numbers);
      if (section.steps.length > 0) lists.push(encode(section.steps, addressOf));
      count += section.steps.length;
      from += aligned(layout.bytes);
    }
    if (count === 0) return;
    let at = heap.take(
      lists.reduce((sum, { byteLength }) => sum + byteLength, 0),
      'a list of commands',
    );
    const words = at;
    for (const list of lists) {
      heap.words().set(list, at >>> 2);
      at += list.byteLength;
    }
    run(words, count);
    heap.give(words);
  };

  return {
    take: (standing) => {
      const taken: Standing[] = [];
      try {
        for (const one of standing) {
          const known = held.get(one.key);
          if (known) known.users++;
          else {
            const { bytes, name } = one.buffer;
            held.set(one.key, { address: heap.take(bytes, name), users: 1, stamps: undefined });
          }
          taken.push(one);
        }
      } catch (error) {
        giveBack(taken);
        throw error;
      }
    },
    give: (standing) => giveBack(standing),
    addressOf: (one) => of(one).address,
    shareOf: (standing) => standing.reduce((sum, one) => sum + granted(one.buffer.bytes) / of(one).users, 0),
    refresh: (standing, weights, room) => {
      let some: Standing[] = [];
      let bytes = 0;
      const stamps = new Map<Kept, readonly unknown[]>();
      const flush = () => {
        make(some, weights);
        for (const [kept, now] of stamps) kept.stamps = now;
        some = [];
        bytes = 0;
        stamps.clear();
      };
      for (const one of standing) {
        const kept = of(one);
        const now = [...one.section.given.keys()].map((value) =>
          value.kind === 'weight' ? weights(value).stamp : value,
        );
        const { stamps: before } = kept;
        if (before && now.every((stamp, i) => stamp === before[i] || isConstant(stamp))) continue;
        kept.stamps = undefined; // until it is whole
        if (some.length > 0 && bytes + aligned(one.arena.bytes) > room) flush();
        some.push(one);
        stamps.set(kept, now);
        bytes += aligned(one.arena.bytes);
      }
      if (some.length > 0) flush();
    },
  };

  function giveBack(standing: readonly Standing[]) {
    for (const one of standing) {
      const kept = of(one);
      if (--kept.users > 0) continue;
      heap.give(kept.address);
      held.delete(one.key);
    }
  }
}

/** Constants with one key have the same numbers, whichever graph they are of. */
const isConstant = (stamp: unknown): boolean =>
  typeof stamp === 'object' && stamp !== null && 'kind' in stamp && stamp.kind === 'constant';

function numbersOf(value: Value, weights: ReadWeight): HostTensor | Held {
  if (value.kind === 'weight') return weights(value).numbers();
  if (value.kind === 'constant') return { ...value, numbers: constantNumbers(value) };
  throw new Error(`engine: ${value.name} is no weight and no constant`);
}
