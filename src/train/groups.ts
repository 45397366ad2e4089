import { factsOf, type HasParts, walk } from '../core/block.ts';
import { isWeight, type Weight } from '../core/weight.ts';

/** How a part of a model trains, where it is not as the rest. Of several that hold a weight, the last says. Plain data: part of a recipe. */
export interface Group {
  /** Place in the tree of the model: `backbone/stage2`. */
  readonly at: string;
  /** Factor on the learning rate. Default 1. */
  readonly rate?: number;
  /** In the place of the optimizer's. */
  readonly weightDecay?: number;
  /** Whether its weights train. Default as `freeze` has left them. */
  readonly trainable?: boolean;
  /** Which statistics its batch norms use in training. Default as `freeze` has left them. */
  readonly statistics?: 'batch' | 'stored';
}

/** What the groups say of a weight. */
export interface GroupRule {
  readonly rate: number;
  readonly weightDecay?: number;
}

/**
 * Sets the two switches of each group's part, as `freeze` does, for good, and gives the rules of the weights that any group
 * holds.
 *
 * @throws RangeError for a place that the model has not, before anything is set
 */
export function applyGroups(model: HasParts, groups: readonly Group[]): Map<Weight, GroupRule> {
  const rules = new Map<Weight, GroupRule>();
  const all = [...walk(model)];
  const parts = groups.map((group) => ({ group, inside: inside(all, group.at) }));
  for (const { group, inside: own } of parts) {
    const { rate, weightDecay, trainable, statistics } = group;
    for (const part of own) {
      if (!isWeight(part)) {
        if (statistics) factsOf(part).statistics = statistics;
        continue;
      }
      if (trainable !== undefined) part.trainable = trainable && part.kind === 'trainable';
      const before = rules.get(part) ?? { rate: 1 };
      rules.set(part, {
        ...before,
        ...(rate === undefined ? {} : { rate }),
        ...(weightDecay === undefined ? {} : { weightDecay }),
      });
    }
  }
  return rules;
}

type Placed = ReturnType<typeof walk> extends Iterable<infer P> ? P : never;

/** What is at a place or under it; a place may be a block, a list of blocks such as a stage, or a weight. */
function inside(all: readonly Placed[], place: string): Placed[1][] {
  const own = all.filter(([name]) => name === place || name.startsWith(`${place}/`)).map(([, part]) => part);
  if (own.length > 0) return own;
  const parent = place.slice(0, place.lastIndexOf('/') + 1);
  const near = all.flatMap(([name]) =>
    name.startsWith(parent) ? parent + name.slice(parent.length).split('/', 1) : [],
  );
  const there = [...new Set(near)].filter((name) => name !== '').slice(0, 12);
  throw new RangeError(`recipe: no part of the model is at '${place}'; there are ${there.join(', ')}`);
}

/** @throws RangeError for a number that cannot be, or a word */
export function checkGroups(where: string, groups: readonly Group[]): void {
  for (const { at: place, rate = 1, weightDecay = 0, statistics = 'batch' } of groups) {
    const own = `${where}: group ${place}`;
    for (const [name, value] of Object.entries({ rate, weightDecay }))
      if (!(value >= 0 && Number.isFinite(value)))
        throw new RangeError(`${own}: ${name} is ${value}; it must be 0 or more`);
    if (!['batch', 'stored'].includes(statistics))
      throw new RangeError(`${own}: statistics are '${statistics}'; they must be 'batch' or 'stored'`);
  }
}
