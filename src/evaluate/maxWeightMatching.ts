/** A pair that may be matched, and what it is worth, above 0. */
export interface WeightedPair {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/**
 * The pairs of the greatest sum of weights in which no row and no column stands twice. Not the greatest number: one pair
 * may be worth more than two. Rows and columns that no pair joins are solved apart, each part in the cube of its size.
 *
 * @see Kuhn, 1955; Munkres, 1957, in the form with potentials
 */
export function maxWeightMatching(pairs: readonly WeightedPair[]): WeightedPair[] {
  return parts(pairs).flatMap(solve);
}

/** Pairs that hang together by their rows and columns. */
function parts(pairs: readonly WeightedPair[]): WeightedPair[][] {
  const roots = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let next = roots.get(at); next !== undefined; next = roots.get(at)) at = next;
    return at;
  };
  for (const { row, column } of pairs) {
    const [a, b] = [root(`r${row}`), root(`c${column}`)];
    if (a !== b) roots.set(a, b);
  }
  const found = new Map<string, WeightedPair[]>();
  for (const pair of pairs) {
    const key = root(`r${pair.row}`);
    const part = found.get(key);
    if (part) part.push(pair);
    else found.set(key, [pair]);
  }
  return [...found.values()];
}

/** Every row gets a column; one of weight 0, which stands for none, is left out after. */
function solve(pairs: WeightedPair[]): WeightedPair[] {
  if (pairs.length === 1) return pairs;
  const rows = [...new Set(pairs.map(({ row }) => row))];
  const columns = [...new Set(pairs.map(({ column }) => column))];
  const size = Math.max(rows.length, columns.length);
  const [rowAt, columnAt] = [places(rows), places(columns)];
  const weights = new Float64Array(size * size);
  for (const { row, column, weight } of pairs)
    weights[(rowAt.get(row) ?? 0) * size + (columnAt.get(column) ?? 0)] = weight;
  const assigned = assign(weights, size);
  return pairs.filter(({ row, column }) => assigned[columnAt.get(column) ?? 0] === rowAt.get(row));
}

const places = (values: readonly number[]) => new Map(values.map((value, i) => [value, i]));

/** Of each column, the row of the assignment of the greatest sum. */
function assign(weights: Float64Array, size: number): Int32Array {
  const [u, v] = [new Float64Array(size + 1), new Float64Array(size + 1)]; // potentials; column 0 is the start of a path
  const [rowOf, before] = [new Int32Array(size + 1), new Int32Array(size + 1)];
  for (let row = 1; row <= size; row++) {
    const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(size + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      used[column] = 1;
      const from = rowOf[column] ?? 0;
      let [delta, next] = [Number.POSITIVE_INFINITY, 0];
      for (let c = 1; c <= size; c++) {
        if (used[c]) continue;
        const cost = -(weights[(from - 1) * size + c - 1] ?? 0) - (u[from] ?? 0) - (v[c] ?? 0);
        if (cost < (least[c] ?? 0)) [least[c], before[c]] = [cost, column];
        if ((least[c] ?? 0) < delta) [delta, next] = [least[c] ?? 0, c];
      }
      for (let c = 0; c <= size; c++) {
        if (used[c]) {
          u[rowOf[c] ?? 0] = (u[rowOf[c] ?? 0] ?? 0) + delta;
          v[c] = (v[c] ?? 0) - delta;
        } else least[c] = (least[c] ?? 0) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  return rowOf.subarray(1).map((row) => row - 1);
}
