import { type HasParts, isBlock, walk } from '../core/block.ts';
import { isWeight, type Weight } from '../core/weight.ts';
import type { NameKey } from '../tfjs/abstractContainer.ts';

/** Makes names that were not given before and are none of those taken: `Add`, `Add_2`, `Add_3`. */
export function uniqueNames(before: Iterable<string> = []): (base: string) => string {
  const counts = new Map<string, number>();
  const taken = new Set(before);
  return (base) => {
    let count = counts.get(base) ?? 0;
    let name: string;
    do name = ++count === 1 ? base : `${base}_${count}`;
    while (taken.has(name));
    counts.set(base, count);
    taken.add(name);
    return name;
  };
}

/** Names the keys of maps: texts are their own, weights and blocks have their place, others their number. */
export function keyNames(root: HasParts | undefined, weights: ReadonlyMap<Weight, string>): NameKey {
  let places: Map<object, string> | undefined;
  return (key, index) => {
    if (typeof key === 'string') return key;
    if (!isWeight(key) && !isBlock(key)) return `${index}`;
    places ??= new Map(root && [...walk(root)].map(([place, part]) => [part, place]));
    const place = places.get(key) ?? (isWeight(key) ? (weights.get(key) ?? key.place) : '');
    return place || `${index}`;
  };
}
