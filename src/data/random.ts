/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** A number of a range. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** A whole number from `low` to `high`, both possible. */
export function int(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random());
}

/** Whether something of a probability happens. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** One of the items. @throws RangeError where there is none */
export function pick<T extends NonNullable<unknown>>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(items.length * random())];
  if (item === undefined) throw new RangeError('pick: there is nothing to pick from');
  return item;
}

/** A number of the standard normal distribution. @see Box and Muller */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A fast hash of three whole numbers and a seed to [0, 1): randomness of a place, without a stream. */
export function placeNoise(seed: number, a: number, b: number, c = 0): number {
  let h = Math.imul(seed ^ Math.imul(a | 0, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(b | 0, 0xc2b2ae35), 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 13) ^ Math.imul(c | 0, 0x165667b1), 0x2c1b3c6d);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
