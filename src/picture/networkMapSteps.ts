import type { Direction, Route } from './networkMapRoutes.ts';

/** What happens on most lines of a direction. */
export type Usual = ReadonlyMap<Direction, readonly string[]>;

/** The steps that most lines towards coarser and towards finer maps have; on those of one size nothing is usual. */
export function usualSteps(routes: readonly Route[]): Usual {
  const usual = new Map<Direction, readonly string[]>();
  for (const direction of ['up', 'down'] as const) {
    const counts = new Map<string, { steps: readonly string[]; count: number }>();
    for (const { way } of routes.filter((route) => route.direction === direction && !route.fromInput)) {
      const key = way.steps.join();
      const before = counts.get(key);
      if (key !== '') counts.set(key, { steps: way.steps, count: (before?.count ?? 0) + 1 });
    }
    const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
    if (most) usual.set(direction, most.steps);
  }
  return usual;
}

/** What happens on a line besides what is usual for its direction, as a text; empty for nothing. */
export function unusual({ way, direction, fromInput }: Route, usual: Usual): string {
  if (fromInput) return '';
  const common = usual.get(direction) ?? [];
  const { steps } = way;
  const ends =
    steps.length >= common.length && common.every((step, i) => step === steps[steps.length - common.length + i]);
  return (ends ? steps.slice(0, steps.length - common.length) : steps).join(', ');
}
