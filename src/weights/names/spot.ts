import { blocks, type HasParts, weights } from '../../core/block.ts';

/** What a foreign name is made of: a place in its tree, in which only blocks with weights count. Patterns have `#` for any number. */
export interface Spot {
  /** The numbers of the place, in the order of the `#`: 3 and 1 of `stage3/1/expand`; 0 where there are no more. */
  readonly numbers: readonly [number, number, number];
  /** Whether the block that it is a part of has this part too. */
  readonly has: (part: string) => boolean;
  /** Which part of its own block it is, from 0: it, or the block of this pattern that it lies in. */
  readonly position: (pattern?: string) => number;
  /** How many places of a pattern come before the one that it lies in: `stage#/#` counts the blocks through the stages. */
  readonly before: (pattern: string) => number;
  /** How many places of a pattern there are. */
  readonly total: (pattern: string) => number;
}

const source = (pattern: string) => pattern.replaceAll('#', '(\\d+)');
/** A pattern of whole places. */
export const wholePlace = (pattern: string): RegExp => new RegExp(`^${source(pattern)}$`);
const within = (pattern: string): RegExp => new RegExp(`(?:^|/)${source(pattern)}(?![^/])`);

const parentOf = (place: string): string => place.slice(0, Math.max(0, place.lastIndexOf('/')));
/** The place as far as a pattern reaches into it. */
const reach = (pattern: RegExp, place: string): string | undefined => {
  const match = pattern.exec(place);
  return match === null ? undefined : place.slice(0, match.index + match[0].length);
};

/** Looks at a tree of blocks from one of its places at a time. */
export function spots(model: HasParts): (match: RegExpExecArray) => Spot {
  const owners = new Set<string>();
  for (let place of weights(model).keys())
    while (place !== '' && !owners.has(place)) {
      owners.add(place);
      place = parentOf(place);
    }
  const places = [...blocks(model).keys()].filter((place) => owners.has(place)); // pools and the like have no name there
  const parts = new Map<string, string[]>(); // of each block, in their order
  for (const place of places) {
    const known = parts.get(parentOf(place));
    if (known) known.push(place);
    else parts.set(parentOf(place), [place]);
  }
  const ranked = new Map<string, ReadonlyMap<string, number>>(); // places of each pattern, in the order of the tree
  const ranks = (pattern: string): ReadonlyMap<string, number> => {
    const known = ranked.get(pattern);
    if (known) return known;
    const found = new Map<string, number>();
    const fits = within(pattern);
    for (const place of places) {
      const reached = reach(fits, place);
      if (reached !== undefined && !found.has(reached)) found.set(reached, found.size);
    }
    ranked.set(pattern, found);
    return found;
  };

  return (match) => {
    const place = match.input;
    const [first = 0, second = 0, third = 0] = match.slice(1).map(Number);
    const parent = parentOf(place);
    const siblings = parts.get(parent) ?? [];
    const position = (of: string) => parts.get(parentOf(of))?.indexOf(of) ?? -1;
    return {
      numbers: [first, second, third],
      has: (part) => siblings.includes(parent === '' ? part : `${parent}/${part}`),
      position: (pattern) => position(pattern === undefined ? place : (reach(within(pattern), place) ?? place)),
      before: (pattern) => ranks(pattern).get(reach(within(pattern), place) ?? '') ?? 0,
      total: (pattern) => ranks(pattern).size,
    };
  };
}
