import { escapeText, short, textWidth } from './markup.ts';
import type { Grid } from './networkMapGrid.ts';
import type { MapStation } from './networkMapInput.ts';
import { columnPlace, type Plan } from './networkMapPlan.ts';

interface Span {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** Names of parts above their columns: the first step of the place, and below it what tells the columns apart. */
export function headings(nodes: readonly MapStation[], plan: Plan, top: number): string {
  const places = Array.from({ length: plan.grid.columns }, (_, column) => ({
    whole: firstStep(nodes, plan.grid, column),
    own: columnPlace(nodes, plan.grid, column),
  }));
  const upper = spansOf(places.map(({ whole }) => whole));
  const lower = spansOf(places.map(({ own }) => lowerName(own)));
  const lowerEnds = lower.map((span) => endsOf(span, plan, 11));
  const upperEnds = upper.map((span) => {
    const inside = lowerEnds.filter(
      (_, i) => (lower[i]?.first ?? -1) >= span.first && (lower[i]?.last ?? -1) <= span.last,
    );
    const [from, to] = endsOf(span, plan, 12.5);
    return [Math.min(from, ...inside.map(([a]) => a)), Math.max(to, ...inside.map(([, b]) => b))] as const;
  });
  const draw = (name: string, [from, to]: readonly [number, number], y: number, strong: boolean) =>
    `<text${strong ? '' : ' class="soft"'} x="${short((from + to) / 2)}" y="${short(y)}" text-anchor="middle" font-size="${strong ? 12.5 : 11}"${strong ? ' font-weight="600"' : ''}>${escapeText(name)}</text><path class="brace${strong ? ' strong' : ''}" d="M${short(from)} ${short(y + 5)}H${short(to)}"/>`;
  return [
    ...upper.map(({ name }, i) => draw(name, upperEnds[i] ?? [0, 0], top - (lower.length > 0 ? 34 : 16), true)),
    ...lower.map(({ name }, i) => draw(name, lowerEnds[i] ?? [0, 0], top - 14, false)),
  ].join('\n');
}

/** Pixels that the names above the columns need, in one tier or two. */
export function headingHeight(nodes: readonly MapStation[], grid: Grid): number {
  const columns = Array.from({ length: grid.columns }, (_, column) => column);
  if (columns.some((column) => lowerName(columnPlace(nodes, grid, column)) !== '')) return 56;
  return columns.some((column) => firstStep(nodes, grid, column) !== '') ? 38 : 16;
}

/** Over its columns, and as wide as its name. */
function endsOf({ name, first, last }: Span, plan: Plan, size: number): readonly [number, number] {
  const [from = 0] = plan.columnX[first] ?? [];
  const to = plan.columnX[last]?.[1] ?? 0;
  const wide = textWidth(name) * size;
  return [Math.min(from, (from + to - wide) / 2), Math.max(to, (from + to + wide) / 2)];
}

function firstStep(nodes: readonly MapStation[], grid: Grid, column: number): string {
  const steps = nodes
    .filter(({ place }, i) => grid.cells[i]?.column === column && place !== '')
    .map(({ place }) => place.split('/')[0] ?? '');
  const [step] = steps;
  const all = nodes.filter(({ place }) => place.split('/')[0] === step);
  return step !== undefined && new Set(steps).size === 1 && all.length > 1 ? step : '';
}

/** `cells 0` of `neck/cells/0/down`, `topDown` of `neck/topDown`. */
function lowerName(place: readonly string[]): string {
  const number = place.findLastIndex((step) => /^\d+$/.test(step));
  if (number > 0) return `${place[number - 1]} ${place[number]}`;
  return place.length > 1 ? (place.at(-1) ?? '') : '';
}

function spansOf(names: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const [column, name] of names.entries()) {
    const before = spans.at(-1);
    if (before?.name === name) spans[spans.length - 1] = { ...before, last: column };
    else spans.push({ name, first: column, last: column });
  }
  return spans.filter(({ name }) => name !== '');
}
