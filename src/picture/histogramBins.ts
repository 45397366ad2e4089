import { checkNumber } from './curveChart.ts';

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  /** Of the set's values, 0 to 1. */
  readonly share: number;
}

interface Binning {
  readonly scale: 'linear' | 'log';
  readonly bins: number;
  readonly range?: readonly [from: number, to: number];
}

/** Counts the values of sets in bins that they share; those beyond the range in the outermost. */
export function binned(
  where: string,
  sets: readonly { readonly name: string; readonly values: readonly number[] }[],
  { scale, bins, range }: Binning,
) {
  if (!(Number.isInteger(bins) && bins > 0 && bins <= 1000))
    throw new RangeError(`${where}: bins is ${bins}; it must be a whole number from 1 to 1000`);
  const least = scale === 'log' ? Number.MIN_VALUE : Number.NEGATIVE_INFINITY;
  for (const { name, values } of sets)
    for (const value of values) checkNumber(where, `a value of '${name}'`, value, [least, Number.POSITIVE_INFINITY]);
  const [low, high] = range ?? reach(sets.flatMap(({ values }) => values));
  const line = scale === 'log' ? Math.log : (value: number) => value;
  const back = scale === 'log' ? Math.exp : (value: number) => value;
  const [from, to] = [line(low), line(high)];
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to))
    throw new RangeError(`${where}: range is [${low}, ${high}]; it must rise${scale === 'log' ? ' from above 0' : ''}`);
  const edge = (i: number) => (i === 0 ? low : i === bins ? high : back(from + ((to - from) * i) / bins));
  return sets.map(({ name, values }) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      const bin = Math.floor(((line(value) - from) / (to - from)) * bins);
      const within = Math.min(bins - 1, Math.max(0, bin));
      counts[within] = (counts[within] ?? 0) + 1;
    }
    return {
      name,
      figure: figureOf(values),
      bins: counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), share: count / Math.max(1, values.length) })),
    };
  });
}

function reach(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return [1, 2]; // an empty plot
  return low < high ? [low, high] : [low / 2 || -1, low * 2 || 1];
}

/** How many, and the middle one. */
function figureOf(values: readonly number[]): string {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted[sorted.length >> 1];
  const count = values.length.toLocaleString('en');
  return middle === undefined ? 'none' : `${count}, median ${Number(middle.toPrecision(3))} ·`;
}
