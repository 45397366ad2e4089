import { type Item, link } from './summaryFlowItems.ts';
import type { Lineage } from './summaryFlowLineage.ts';

/** Items of one place beyond which they are drawn as few. */
const many = 16;

/**
 * Makes few items of many: of kernels that belong to no block of their own, and of the layers of a long list, those that
 * follow each other at one size, and the branches that part from one map and meet again, become one.
 */
export function contract(items: readonly Item[], lines: Lineage): readonly Item[] {
  const crowds = new Map<string, number>();
  for (const { place, named } of items) if (named) crowds.set(outer(place), (crowds.get(outer(place)) ?? 0) + 1);
  const homes = new Map<Item, string>();
  for (const item of items) {
    if (!item.named) homes.set(item, item.place);
    else if ((crowds.get(outer(item.place)) ?? 0) > many) homes.set(item, outer(item.place));
  }
  let now = items;
  for (;;) {
    const next = pass(now, homes, lines);
    if (next.length === now.length) return now;
    now = next;
  }
}

const outer = (place: string) => place.slice(0, Math.max(0, place.lastIndexOf('/')));

/** Joins what can be joined now: runs as long as they are, branches one at a time. */
function pass(items: readonly Item[], homes: Map<Item, string>, lines: Lineage): readonly Item[] {
  const links = link(items, lines);
  const taken = new Set<Item>();
  const made = new Map<Item, Item>(); // under the last of its items
  const free = (item: Item | undefined, home: string | undefined): item is Item =>
    item !== undefined && home !== undefined && homes.get(item) === home && !taken.has(item);
  const join = (parts: readonly Item[], last: Item) => {
    const home = homes.get(last) ?? '';
    const joined = together(parts, home);
    homes.set(joined, home);
    for (const part of parts) taken.add(part);
    made.set(last, joined);
  };

  for (const item of items) {
    const home = homes.get(item);
    if (!free(item, home)) continue;
    const { inputs, outputs } = links.of(item);
    const [output] = outputs;
    const onlyFor = (before: Item) => {
      const { outputs: gives, readers } = links.of(before);
      return (
        gives.length === 1 && readers.size === 1 && readers.has(item) && gives.every((value) => !lines.isEnd(value))
      );
    };
    const [input] = inputs;
    if (inputs.length === 1 && input && output) {
      const before = links.maker(input);
      if (before === undefined || !onlyFor(before) || !lines.sameSize(input, output)) continue;
      const run = made.get(before); // it ends a run already
      if (run && homes.get(run) === home) {
        made.delete(before);
        join([run, item], item);
      } else if (free(before, home)) join([before, item], item);
      continue;
    }
    // Branches from one map: each input is that map, or the result of an item of that map alone.
    const sources = inputs.map((value) => {
      const branch = links.maker(value);
      const [from, ...others] = branch ? links.of(branch).inputs : [];
      const isBranch = free(branch, home) && onlyFor(branch) && from !== undefined && others.length === 0;
      return { value, branch: isBranch ? branch : undefined, from: isBranch ? from : undefined };
    });
    const parted = [...inputs, ...sources.map(({ from }) => from)].find(
      (map) => map && sources.every(({ value, from }) => value === map || from === map),
    );
    if (parted === undefined || inputs.length < 2) continue;
    const branches = sources.flatMap(({ value, branch }) => (value === parted || branch === undefined ? [] : [branch]));
    if (branches.length > 0) join([...branches, item], item);
  }
  return items.flatMap((item) => made.get(item) ?? (taken.has(item) ? [] : [item]));
}

function together(parts: readonly Item[], home: string): Item {
  const names = parts.filter(({ named }) => named).flatMap(({ name }) => name.split(' to '));
  const [first, last] = [names[0], names.at(-1)];
  return {
    nodes: parts.flatMap(({ nodes }) => nodes).sort((a, b) => a - b),
    place: home,
    name: first === undefined ? (parts[0]?.name ?? '') : first === last ? first : `${first} to ${last}`,
    named: names.length > 0,
    blocks: parts.reduce((sum, { named, blocks }) => sum + (named ? Math.max(1, blocks) : 0), 0),
  };
}
