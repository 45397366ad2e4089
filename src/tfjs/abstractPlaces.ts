import { type HasParts, walk } from '../core/block.ts';
import type { Observer } from '../core/shared.ts';
import type { Weight } from '../core/weight.ts';

/** Hears of blocks that are known by a place. */
export interface PlaceListener {
  readonly enter?: (place: string, block: HasParts) => void;
  /** `result` is undefined where the block failed. */
  readonly leave?: (place: string, block: HasParts, result: unknown) => void;
}

export interface Places {
  readonly observer: Observer;
  /** Where the innermost block that runs has its place; empty at the root and outside of all blocks. */
  readonly current: () => string;
  /** Where the block is that failed last. */
  readonly failed: () => string | undefined;
  /** A weight's name: its place under the root, or where the model says it is. */
  readonly nameOf: (weight: Weight) => string;
}

/**
 * Follows which block runs, by its place under the root. A block that the root does not list runs at the place of the
 * block that calls it; one that nobody calls is a root of its own, `block1`, `block2` ...
 *
 * @param lastResult what the scope that ended last gave
 */
export function followPlaces(root: HasParts | undefined, listener: PlaceListener, lastResult: () => unknown): Places {
  const places = new Map<object, string>();
  const names = new Set<string>();
  const list = (from: HasParts, under: string) => {
    for (const [place, part] of walk(from, under)) if (!places.has(part)) places.set(part, place);
  };
  if (root) list(root, '');
  const stack: string[] = [];
  let strangers = 0;
  let failed: string | undefined;

  return {
    observer: {
      enter: (block) => {
        if (stack.length === 0 && !places.has(block)) list(block, `block${++strangers}`);
        const place = places.get(block) ?? stack.at(-1) ?? '';
        stack.push(place);
        if (places.has(block)) listener.enter?.(place, block);
      },
      leave: (block) => {
        const place = stack.pop() ?? '';
        const result = lastResult(); // its scope ended just before
        if (result !== undefined) failed = undefined;
        else failed ??= place;
        if (places.has(block)) listener.leave?.(place, block, result);
      },
    },
    current: () => stack.at(-1) ?? '',
    failed: () => failed,
    nameOf: (weight) => {
      const base = places.get(weight) ?? (weight.place || 'weight');
      let name = base;
      for (let i = 2; names.has(name); i++) name = `${base}_${i}`;
      names.add(name);
      return name;
    },
  };
}
