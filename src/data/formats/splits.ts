import { keyedRandom } from '../../core/random.ts';

export interface SplitOptions {
  /** Shares by the split's name, in their order; they add up to 1: `{ train: 0.8, val: 0.2 }`. */
  readonly shares: Readonly<Record<string, number>>;
  readonly seed: number;
  /**
   * What an id belongs to; all of a group land in one split, as the frames of a video must. Default: the id's folder, or
   * the id itself where it has none.
   */
  readonly group?: (id: string) => string;
}

/**
 * Parts ids into splits at random, group by group, so that the shares are met as nearly as the groups allow. An id's split
 * depends on the ids, the shares and the seed; ids keep their order.
 *
 * @throws RangeError for shares that are not above 0 or do not add up to 1, or an id that comes twice
 */
export function splitIds(ids: readonly string[], options: SplitOptions): ReadonlyMap<string, readonly string[]> {
  const { shares, seed, group = folderOf } = options;
  const entries = Object.entries(shares);
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  if (entries.length === 0 || !entries.every(([, share]) => share > 0) || Math.abs(sum - 1) > 1e-9)
    throw new RangeError(`splitIds: shares are ${JSON.stringify(shares)}; each must be above 0, all together 1`);
  if (new Set(ids).size !== ids.length) throw new RangeError(`splitIds: an id comes twice among ${ids.length}`);

  const sizes = new Map<string, number>();
  for (const id of ids) sizes.set(group(id), (sizes.get(group(id)) ?? 0) + 1);
  const order = [...sizes]
    .map(([name, size]) => ({ name, size, at: keyedRandom(seed, name, 'split')() }))
    .sort((a, b) => b.size - a.size || a.at - b.at || (a.name < b.name ? -1 : 1)); // large groups first
  const left = new Map(entries.map(([split, share]) => [split, share * ids.length]));
  const places = new Map<string, string>();
  for (const { name, size } of order) {
    const [split = '', room = 0] = [...left].reduce((most, next) => (next[1] > most[1] ? next : most));
    left.set(split, room - size);
    places.set(name, split);
  }
  return new Map(entries.map(([split]) => [split, ids.filter((id) => places.get(group(id)) === split)]));
}

const folderOf = (id: string) => (id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : id);
