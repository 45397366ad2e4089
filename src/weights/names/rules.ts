import { type HasParts, weights } from '../../core/block.ts';
import type { Layout } from '../layout.ts';
import type { ChannelOrder, NamedWeight, NameMap } from '../nameMap.ts';
import type { Family, Kind } from './family.ts';
import { type Spot, spots, wholePlace } from './spot.ts';

/** What a block is there, its name, and the name of the batch norm that is its part `norm`. */
export interface Foreign {
  readonly kind: Kind | 'weight';
  readonly name: string;
  readonly norm?: string | undefined;
  readonly order?: ChannelOrder;
}

/** A convolution, and the batch norm behind it. */
export const conv = (name: string, norm?: string): Foreign => ({ kind: 'conv', name, norm });
/** One filter a channel, and the batch norm behind it. */
export const depthwise = (name: string, norm?: string): Foreign => ({ kind: 'depthwise', name, norm });
/** A layer of vectors. */
export const dense = (name: string): Foreign => ({ kind: 'dense', name });
/** A batch norm alone. */
export const norm = (name: string): Foreign => ({ kind: 'norm', name });
/** A weight by its whole name. */
export const weight = (name: string): Foreign => ({ kind: 'weight', name });

/** The places of blocks, or of weights, by a pattern, `#` for any number; and what is there in foreign words. */
export type Rule = readonly [pattern: string, foreign: (at: Spot) => Foreign];

/** The same rules for a block that is a part of another; foreign names begin with `prefix`. */
export const under = (
  place: string,
  rules: readonly Rule[],
  prefix: string | ((at: Spot) => string) = '',
): readonly Rule[] =>
  rules.map(([pattern, foreign]) => [
    `${place}/${pattern}`,
    (at) => {
      const before = typeof prefix === 'string' ? prefix : prefix(at);
      const { name, norm, ...rest } = foreign(at);
      return { ...rest, name: before + name, norm: norm === undefined ? norm : before + norm };
    },
  ]);

export interface NameMapOptions {
  /** Whose names. */
  readonly name: string;
  /** Variants whose weights are named so. */
  readonly variants: readonly string[];
  readonly family: Family;
  /** The first whose pattern fits a place counts. */
  readonly rules: readonly Rule[];
}

/** A map of names by rules over the tree of blocks. It looks at places only: no number is made or read. */
export function nameMap({ name, variants, family, rules }: NameMapOptions): NameMap {
  const compiled = rules.map(([pattern, foreign]) => ({ fits: wholePlace(pattern), foreign }));

  const entries = (model: HasParts): ReadonlyMap<string, NamedWeight> => {
    const look = spots(model);
    const rule = (place: string): Foreign | undefined => {
      for (const { fits, foreign } of compiled) {
        const match = fits.exec(place);
        if (match) return foreign(look(match));
      }
      return undefined;
    };
    const named = new Map<string, NamedWeight>();
    for (const [place, weight] of weights(model)) {
      const found = spelled(place, rule, family);
      if (found === undefined)
        throw new RangeError(`${name}: has no name for ${place}; give the part of the model that ${name} has too`);
      if (named.has(found.name))
        throw new RangeError(`${name}: ${place} and another weight are both called ${found.name}`);
      const { layout, order } = found;
      named.set(found.name, { weight, layout, ...(order ? { order } : {}) });
    }
    return named;
  };
  return { name, variants, entries };
}

interface Spelled {
  readonly name: string;
  readonly layout: Layout;
  readonly order?: ChannelOrder | undefined;
}

/** The foreign name of a weight: by a rule for itself, for its block, or for the block whose batch norm its block is. */
function spelled(place: string, rule: (place: string) => Foreign | undefined, family: Family): Spelled | undefined {
  const itself = rule(place);
  if (itself) return { name: itself.name, layout: 'same' };
  const spell = (kind: Kind, layer: string, leaf: string, order?: ChannelOrder): Spelled | undefined => {
    const [name, layout] = family.leaves[kind][leaf] ?? [];
    if (name === undefined || layout === undefined) return undefined;
    const ordered = order?.axis === 'in' && leaf === 'bias' ? undefined : order; // a bias is of what is made
    return { name: layer + family.separator + name, layout, order: ordered };
  };
  const [block, leaf] = parted(place);
  const found = rule(block);
  if (found) return found.kind === 'weight' ? undefined : spell(found.kind, found.name, leaf, found.order);
  const [owner, part] = parted(block);
  const behind = part === 'norm' ? rule(owner)?.norm : undefined;
  return behind === undefined ? undefined : spell('norm', behind, leaf);
}

function parted(place: string): readonly [before: string, last: string] {
  const slash = place.lastIndexOf('/');
  return [place.slice(0, Math.max(0, slash)), place.slice(slash + 1)];
}
