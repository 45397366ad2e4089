import type { MapStation, MapWay, NetworkMapInput } from './networkMapInput.ts';

/** One size of map. */
export interface Row {
  readonly height: number;
  readonly width: number;
  /** Names of the levels of this size: `C5`, `P5`. */
  readonly names: readonly string[];
}

/** Where a station is: several of one column and row stand on top of each other. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly slot: number;
}

export interface Grid {
  /** Coarsest first, as they stand from the top; one of no size where nothing is a map. */
  readonly rows: readonly Row[];
  /** For each station but outputs, which are no part of the grid. */
  readonly cells: readonly (Cell | undefined)[];
  readonly columns: number;
  /** How many stand in a cell. */
  readonly slots: (row: number, column: number) => number;
}

const sizeOf = ([, height = 1, width = 1, ...rest]: readonly number[]) =>
  rest.length === 1 ? `${height}x${width}` : undefined;

/**
 * Gives each station a row, by the size of its map, and a column: right of what it reads, or above or below it where their
 * rows are neighbours. A group of stations of one place starts right of the groups that it reads.
 */
export function gridOf({ nodes, edges, levels }: NetworkMapInput['flow']): Grid {
  const rows = rowsOf(nodes, levels);
  const rowOf = new Map(rows.map(({ height, width }, i) => [`${height}x${width}`, i]));
  const sources = nodes.map((_, i) => edges.filter(({ to }) => to === i).map(({ from }) => from));
  const cells: (Cell | undefined)[] = [];
  const taken = new Map<string, number[]>();
  const groups = groupsOf(nodes, edges);
  const starts = new Map<string, number>();

  for (const [i, node] of nodes.entries()) {
    if (node.kind === 'output') continue;
    const before = (sources[i] ?? []).map((from) => cells[from]).filter((cell) => cell !== undefined);
    const row = rowOf.get(sizeOf(node.shape) ?? '') ?? before[0]?.row ?? Math.max(0, rows.length - 1);
    let column = 0;
    for (const group of groups.of(i)) {
      const start = starts.get(group) ?? groups.startOf(group, cells);
      starts.set(group, start);
      column = Math.max(column, start);
    }
    for (const cell of before)
      column = Math.max(column, Math.abs(cell.row - row) === 1 ? cell.column : cell.column + 1);
    const twins = (others: readonly number[]) =>
      others.length < 3 &&
      others.every(
        (other) =>
          (nodes[other]?.kind === node.kind && node.kind === 'input') ||
          (node.kind === 'block' && same(sources[other], sources[i])),
      );
    while (taken.has(`${row} ${column}`) && !twins(taken.get(`${row} ${column}`) ?? [])) column++;
    const here = taken.get(`${row} ${column}`) ?? [];
    cells[i] = { row, column, slot: here.length };
    taken.set(`${row} ${column}`, [...here, i]);
  }
  const columns = Math.max(0, ...cells.map((cell) => (cell ? cell.column + 1 : 0)));
  return { rows, cells, columns, slots: (row, column) => taken.get(`${row} ${column}`)?.length ?? 0 };
}

const same = (a: readonly number[] = [], b: readonly number[] = []) => a.length === 1 && `${a}` === `${b}`;

function rowsOf(nodes: readonly MapStation[], levels: NetworkMapInput['flow']['levels']): Row[] {
  const found = new Map<string, Row>();
  for (const { shape, kind } of nodes) {
    const size = sizeOf(shape);
    if (size === undefined || kind === 'output') continue;
    const names = [...new Set(levels.filter((level) => sizeOf(level.shape) === size).map(({ name }) => name))].sort();
    found.set(size, { height: shape[1] ?? 1, width: shape[2] ?? 1, names });
  }
  const rows = [...found.values()].sort((a, b) => a.height * a.width - b.height * b.width);
  return rows.length > 0 ? rows : [{ height: 0, width: 0, names: [] }];
}

/** Places with two stations or more, and which of them read which. */
function groupsOf(nodes: readonly MapStation[], edges: readonly MapWay[]) {
  const members = new Map<string, Set<number>>();
  const chains = nodes.map(({ place }, i) => {
    const steps = place === '' ? [] : place.split('/');
    const chain = steps.map((_, depth) => steps.slice(0, depth + 1).join('/'));
    for (const group of chain) members.set(group, (members.get(group) ?? new Set()).add(i));
    return chain;
  });
  const large = (group: string) => (members.get(group)?.size ?? 0) > 1;
  const joins = (group: string) => [...(members.get(group) ?? [])].some((i) => nodes[i]?.kind === 'fusion');
  const outer = (group: string) => group.slice(0, Math.max(0, group.lastIndexOf('/')));
  return {
    of: (i: number): readonly string[] => (chains[i] ?? []).filter(large),
    /** The first column of a group: right of its sibling groups, and of single fusions, that it reads. */
    startOf(group: string, cells: readonly (Cell | undefined)[]): number {
      const own = members.get(group) ?? new Set();
      const siblings = [...members.keys()].filter(
        (other) => other !== group && outer(other) === outer(group) && (large(other) || joins(other)),
      );
      const read = siblings.filter((other) =>
        edges.some(({ from, to }) => own.has(to) && members.get(other)?.has(from)),
      );
      const ends = read.flatMap((other) => [...(members.get(other) ?? [])].map((i) => (cells[i]?.column ?? -1) + 1));
      return Math.max(0, ...ends);
    },
  };
}
