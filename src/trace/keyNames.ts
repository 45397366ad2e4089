import { type HasParts, isBlock, walk } from '../core/block.ts';
import { isWeight, type Weight } from '../core/weight.ts';
import type { NameKey } from '../tfjs/abstractContainer.ts';

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
