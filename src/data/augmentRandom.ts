/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** A number of a range. */
export function between(random: Random, [low, high]: readonly [low: number, high: number]): number {
  return low + (high - low) * random();
}

/** A whole number from `low` to `high`, both possible. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random());
}

/** The same items in random order. @see Fisher and Yates, as Durstenfeld wrote it */
export function shuffled<T extends NonNullable<unknown>>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = Math.floor((last + 1) * random());
    const [a, b] = [order[last], order[chosen]];
    if (a !== undefined) order[chosen] = a;
    if (b !== undefined) order[last] = b;
  }
  return order;
}
