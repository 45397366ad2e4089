import type { MapWay } from './networkMapInput.ts';
import { across, arc, broken, curve, type Line, type Point } from './networkMapLines.ts';
import type { Plan, Spot } from './networkMapPlan.ts';

/** Which way a map goes: to a coarser size, to a finer one, or it stays. */
export type Direction = 'up' | 'down' | 'level';

/** The line of a map from one station to another. */
export interface Route extends Line {
  readonly way: MapWay;
  readonly direction: Direction;
  /** Where it turns off a line of the same map that goes on. */
  readonly corner: Point | undefined;
  /** Whether it comes from an input; what happens on it is written beside it. */
  readonly fromInput: boolean;
  /** Whether it is a curve around what is in the way. */
  readonly skips: boolean;
}

/** Lines from station to station: straight where they can be, at right angles else, in an arc over what is in between. */
export function routesOf(plan: Plan, ways: readonly MapWay[]): Route[] {
  const find = finder(plan);
  const routes = ways.flatMap((way): Route[] => {
    const [a, b] = [plan.spots[way.from], plan.spots[way.to]];
    if (a === undefined || b === undefined) return [];
    const direction = b.cell.row === a.cell.row ? 'level' : b.cell.row < a.cell.row ? 'up' : 'down';
    const fromInput = a.node.kind === 'input';
    return [{ way, direction, fromInput, corner: undefined, skips: false, ...find(a, b, direction) }];
  });
  return routes.map((route) => branch(route, routes));
}

type Found = Line & { readonly corner?: Point; readonly skips?: true };

/** Tries the ways for a line, the plainest first. */
function finder({ grid, columnX }: Plan): (a: Spot, b: Spot, direction: Direction) => Found {
  const occupied = new Set(grid.cells.map((cell) => cell && `${cell.row} ${cell.column}`));
  const freeRow = (row: number, from: number, to: number) => {
    for (let column = from; column <= to; column++) if (occupied.has(`${row} ${column}`)) return false;
    return true;
  };
  const freeColumn = (column: number, a: number, b: number) => {
    for (let row = Math.min(a, b) + 1; row < Math.max(a, b); row++) if (occupied.has(`${row} ${column}`)) return false;
    return true;
  };
  const gapAfter = (column: number) => ((columnX[column]?.[1] ?? 0) + (columnX[column + 1]?.[0] ?? 0)) / 2;

  return (a, b, direction) => {
    const [from, to] = [a.cell, b.cell];
    const [right, left]: readonly Point[] = [
      [a.x + a.width / 2, a.y],
      [b.x - b.width / 2, b.y],
    ];
    const between = (row: number) => freeRow(row, from.column + 1, to.column - 1);
    if (right === undefined || left === undefined) return across(a, b);
    if (direction === 'level') {
      if (from.column < to.column && between(from.row)) return across(a, b);
      return { ...arc(a, b), skips: true };
    }
    const side = direction === 'up' ? 1 : -1; // a line upwards leaves at the upper edge and ends at the lower one
    const [out, into]: readonly [Point, Point] = [
      [a.x, a.y - (side * a.height) / 2],
      [b.x, b.y + (side * b.height) / 2],
    ];
    if (to.column === from.column && freeColumn(to.column, from.row, to.row)) return broken([out, into]);
    if (from.column >= to.column) return { ...curve(right, left), skips: true };

    const turn: Point = [b.x, a.y];
    if (freeRow(from.row, from.column + 1, to.column) && freeColumn(to.column, from.row, to.row))
      return { ...broken([right, turn, into]), corner: turn };
    if (freeColumn(from.column, from.row, to.row) && freeRow(to.row, from.column, to.column - 1))
      return broken([out, [a.x, b.y], left]);
    const stepAt = (x: number) => broken([right, [x, a.y], [x, b.y], left]);
    if (between(from.row)) return stepAt(gapAfter(to.column - 1));
    if (between(to.row)) return stepAt(gapAfter(from.column));
    return { ...curve(right, left), skips: true };
  };
}

/** A line that turns off another of the same map, which goes on, begins there. */
function branch(route: Route, routes: readonly Route[]): Route {
  const { corner, tip, way } = route;
  if (corner === undefined) return route;
  const goesOn = routes.some(
    (other) => other.way.from === way.from && other.direction === 'level' && !other.skips && other.tip[0] > corner[0],
  );
  return goesOn ? { ...route, path: broken([corner, tip]).path } : { ...route, corner: undefined };
}
